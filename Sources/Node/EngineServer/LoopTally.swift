import Synchronization

/// What is counted on an event loop, without a lock, until it is made visible. Confined to the loop.
final class LoopTally {
    /// Since the last ``publish()``.
    struct Counts: Equatable {
        var messagesReceived = 0
        var messagesSent = 0
        var messagesDropped = 0
        /// Bytes of polling.
        var payloadsReceived = 0
        var payloadsSent = 0
        /// Bytes of WebSocket.
        var framesReceived = 0
        var framesSent = 0
    }

    @exclusivity(unchecked) var counts = Counts()
    private let figures: ShardFigures

    init(_ figures: ShardFigures = ShardFigures()) { self.figures = figures }

    /// Makes what was counted visible to metrics.
    func publish() {
        let counts = counts
        guard counts != Counts() else { return }
        figures.update {
            $0.messagesReceived += counts.messagesReceived
            $0.messagesSent += counts.messagesSent
            $0.messagesDropped += counts.messagesDropped
            $0.pollingBytesReceived += counts.payloadsReceived
            $0.pollingBytesSent += counts.payloadsSent
            $0.webSocketBytesReceived += counts.framesReceived
            $0.webSocketBytesSent += counts.framesSent
        }
        self.counts = Counts()
    }
}

/// The figures of a shard, readable from everywhere.
final class ShardFigures: Sendable {
    private let state = Mutex(EngineMetrics())

    var metrics: EngineMetrics { state.withLock { $0 } }
    var sessionCount: Int { state.withLock { $0.sessions } }

    func update(_ body: (inout sending EngineMetrics) -> Void) {
        state.withLock { body(&$0) }
    }
}
