public import Cluster
import Figures
import NIOCore
public import ServiceLifecycle
import Synchronization

/// Knows how Redis is, as a node sees it: whether it is there, how often it was lost, and how long publications take.
///
/// The delay is measured end to end: once in an interval the node publishes a number on a channel that only it is
/// subscribed to, and waits for it to come back: through the queue of commands, Redis, the connection for subscriptions and
/// the event loop, as every publication of other nodes does. One clock measures it, so clocks that differ between machines
/// do not matter. The delay between two nodes is made of the first half of the one's and the second half of the other's.
public final class RedisWatch: Service {
    private struct State {
        var metrics = RedisMetrics()
        var lastNumber: UInt64 = 0
        /// When the publication left that has not come back yet.
        var pending: (number: UInt64, since: NIODeadline)?
    }

    private let redis: RedisClient
    private let channel: String
    private let interval: Duration
    private let state = Mutex(State())

    /// Describes what to watch; nothing is done before ``run()``.
    /// - Parameters:
    ///   - redis: the way to Redis.
    ///   - tag: this node.
    ///   - keys: the names in Redis. Default: those with the prefix `switchboard`.
    ///   - interval: time between two measurements; what has not come back by then counts as lost. Default: 1 second.
    public init(
        _ redis: RedisClient, tag: NodeTag, keys: KeySpace = KeySpace(), interval: Duration = .seconds(1)
    ) {
        self.redis = redis
        channel = keys.channel("echo#\(tag)#")
        self.interval = interval
    }

    /// What is known now.
    public var metrics: RedisMetrics { state.withLock(\.metrics) }

    /// Watches until the task is cancelled or a graceful shutdown begins.
    /// - Throws: nothing; declared by `Service`.
    public func run() async throws {
        redis.onStateChange { [weak self] in self?.changed($0) }
        redis.subscribe(channel) { [weak self] _, payload in self?.cameBack(payload) }
        try? await cancelWhenGracefulShutdown { [self] in
            while !Task.isCancelled {
                measure()
                try await Task.sleep(for: interval)
            }
        }
        redis.unsubscribe(channel)
    }

    private func changed(_ new: RedisState) {
        state.withLock { state in
            if state.metrics.state == .connected, new != .connected {
                state.metrics.losses += 1
                // Whatever becomes of it says nothing about a Redis that is there.
                state.pending = nil
            }
            state.metrics.state = new
        }
    }

    /// Publishes the next number, if Redis is there.
    private func measure() {
        let number = state.withLock { state -> UInt64? in
            if state.pending != nil { state.metrics.echoesLost += 1 }
            state.pending = nil
            guard state.metrics.state == .connected else { return nil }
            state.lastNumber += 1
            state.pending = (state.lastNumber, .now())
            return state.lastNumber
        }
        guard let number else { return }
        redis.publish(channel, ByteBuffer(integer: number))
    }

    private func cameBack(_ payload: ByteBuffer) {
        let now = NIODeadline.now()
        state.withLock { state in
            guard let pending = state.pending,
                payload.getInteger(at: payload.readerIndex, as: UInt64.self) == pending.number
            else { return }
            state.pending = nil
            state.metrics.delays.record(Duration(now - pending.since))
        }
    }
}
