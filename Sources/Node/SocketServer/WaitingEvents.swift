import NIOCore
import SocketIO

/// How many events of one socket may wait while an asynchronous handler of that socket runs. Over either limit the
/// session is closed with the reason `event queue full`.
public struct WaitingEventLimits: Sendable {
    /// Events. Default: 4,096.
    public var maxCount = 4096
    /// Bytes of their names, arguments and attachments together, with 256 for each event. Default: 4 MiB.
    public var maxBytes = 4 << 20
    /// Creates the default limits.
    public init() {}
}

/// The events of one socket that wait for their turn: a bounded queue.
struct WaitingEvents {
    /// An event that came from the client.
    struct Waiting {
        let name: EventName
        let arguments: Arguments
        let acknowledgementID: Int?
    }

    private let limits: WaitingEventLimits
    private var events = CircularBuffer<Waiting>(initialCapacity: 4)
    private var byteCount = 0

    init(limits: WaitingEventLimits) { self.limits = limits }

    /// An event came.
    /// - Returns: `false` if that is one too many.
    mutating func append(_ name: EventName, _ arguments: Arguments, _ acknowledgementID: Int?) -> Bool {
        // What came in one packet may share the bytes of a whole read with others: a copy keeps no more than its own.
        let waiting = Waiting(
            name: name.compacted, arguments: arguments.compacted, acknowledgementID: acknowledgementID)
        guard events.count < limits.maxCount, waiting.byteCount <= limits.maxBytes - byteCount else { return false }
        byteCount += waiting.byteCount
        events.append(waiting)
        return true
    }

    /// The event whose turn it is.
    mutating func popFirst() -> Waiting? {
        guard let first = events.popFirst() else { return nil }
        byteCount -= first.byteCount
        return first
    }
}

extension WaitingEvents.Waiting {
    /// What it counts.
    var byteCount: Int {
        arguments.attachments.reduce(256 + name.byteCount + arguments.json.readableBytes) { $0 + $1.readableBytes }
    }
}
