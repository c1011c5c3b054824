public import Figures
import NIOCore
import Synchronization

/// What a ``Server`` has done since it was created, all namespaces and event loops together.
public struct ServerMetrics: Sendable, Equatable {
    /// Events of clients that were handed to handlers.
    public var events = 0
    /// Events that a handler or middleware ended by throwing what is no ``ClientError``.
    public var eventsFailed = 0
    /// How long handlers took for an event, those that await from begin to end, in seconds; measured at one event of 64,
    /// since every one would cost too much.
    public var eventTimes = Histogram(.work)
    /// How long it took to let a client into a namespace, or to refuse it, middleware included, in seconds.
    public var connectTimes = Histogram(.work)
    /// Clients that were not let into a namespace.
    public var connectsRefused = 0
    /// How many local sockets events went to that were for rooms or a whole namespace; each event loop that may have
    /// receivers counts on its own.
    public var broadcastReceivers = Histogram(.sizes)

    /// Creates figures that are all zero.
    public init() {}
}

/// The counters behind ``ServerMetrics``. Each step is one of the processor, without a lock.
final class ServerFigures: Sendable {
    /// Of so many events one is measured; a power of two.
    private static let sampling = 64

    private let events = Atomic(0)
    private let eventsFailed = Atomic(0)
    private let eventTimes = SharedHistogram(.work)
    private let connectTimes = SharedHistogram(.work)
    private let connectsRefused = Atomic(0)
    private let broadcastReceivers = SharedHistogram(.sizes)

    /// An event is about to be handled.
    /// - Returns: the time, if this one is to be measured.
    func eventBegins() -> NIODeadline? {
        let (count, _) = events.wrappingAdd(1, ordering: .relaxed)
        return count & (Self.sampling - 1) == 0 ? .now() : nil
    }

    /// An event that is measured has been handled.
    func eventEnded(since start: NIODeadline) { eventTimes.record(Duration(.now() - start)) }

    /// A handler has thrown.
    func eventFailed() { eventsFailed.add(1, ordering: .relaxed) }

    /// A client is in a namespace now, or will not be.
    func decided(since start: NIODeadline, isRefused: Bool) {
        connectTimes.record(Duration(.now() - start))
        if isRefused { connectsRefused.add(1, ordering: .relaxed) }
    }

    /// An event went to some of the sockets of an event loop.
    func broadcast(to receivers: Int) { broadcastReceivers.record(Double(receivers)) }

    var metrics: ServerMetrics {
        var metrics = ServerMetrics()
        metrics.events = events.load(ordering: .relaxed)
        metrics.eventsFailed = eventsFailed.load(ordering: .relaxed)
        metrics.eventTimes = eventTimes.value
        metrics.connectTimes = connectTimes.value
        metrics.connectsRefused = connectsRefused.load(ordering: .relaxed)
        metrics.broadcastReceivers = broadcastReceivers.value
        return metrics
    }
}
