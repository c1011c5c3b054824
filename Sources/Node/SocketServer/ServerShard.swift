import EngineIO
import Entropy
import NIOCore

/// The connections of one event loop, and the clock that closes those that join no namespace. Loop-confined.
final class ServerShard {
    let eventLoop: any EventLoop
    var random = BufferedRandomNumberGenerator()
    private let connectTimeout: TimeAmount
    private var connections: [UInt64: ConnectionHandler] = [:]
    private var lastNumber: UInt64 = 0
    // The time limit is the same for all, so the order of arrival is the order of deadlines: one queue and one timer
    // serve any number of connections, and nothing is cancelled.
    private var deadlines = CircularBuffer<(time: NIODeadline, number: UInt64)>()
    private var isWatching = false
    private var isClosed = false

    init(eventLoop: any EventLoop, connectTimeout: TimeAmount) {
        self.eventLoop = eventLoop
        self.connectTimeout = connectTimeout
    }

    func add(_ connection: ConnectionHandler) {
        lastNumber += 1
        connection.number = lastNumber
        connections[lastNumber] = connection
        guard !isClosed else {
            // The session needs its handler before it can be ended.
            return eventLoop.assumeIsolated().execute { connection.session.close(.serverShuttingDown) }
        }
        deadlines.append((eventLoop.now + connectTimeout, lastNumber))
        watch()
    }

    func remove(_ connection: ConnectionHandler) {
        connections[connection.number] = nil
    }

    /// The time, counted from an origin that stays the same while the process runs.
    var now: Duration { .nanoseconds(Int64(clamping: eventLoop.now.uptimeNanoseconds)) }

    /// Ends sessions that come from now on.
    func closeLaterOnes() { isClosed = true }

    /// Ends all sessions, those too that come later.
    func close() {
        closeLaterOnes()
        close(connections.count)
    }

    /// Ends some of the sessions.
    /// - Parameters:
    ///   - count: how many.
    ///   - reason: what handlers are told.
    func close(_ count: Int, _ reason: CloseReason = .serverShuttingDown) {
        for connection in Array(connections.values.prefix(count)) { connection.session.close(reason) }
    }

    var connectionCount: Int { connections.count }

    private func watch() {
        guard !isWatching, let next = deadlines.first else { return }
        isWatching = true
        eventLoop.assumeIsolated().scheduleTask(deadline: next.time) { [weak self] in
            self?.isWatching = false
            self?.closeIdle()
        }
    }

    private func closeIdle() {
        let now = eventLoop.now
        while let next = deadlines.first, next.time <= now {
            deadlines.removeFirst()
            connections[next.number]?.connectTimeoutPassed()
        }
        watch()
    }
}
