import EngineIO
import NIOCore
import Synchronization

extension Server {
    /// Ends every session with the reason `server shutting down`, and lets go of the other nodes. Handshakes are refused
    /// from now on (503), for good. Calling it again does nothing.
    public func close() async {
        isAccepting.store(false, ordering: .relaxed)
        for shard in shards {
            try? await shard.eventLoop.submit { shard.value.close() }.get()
        }
        namespaces.close()
    }

    /// Ends every session that there is now with the reason `lease lost`: for nodes that stood still for so long that the
    /// others took them for dead, and their clients with them. The clients come back by themselves; new sessions are
    /// welcome.
    public func closeLostSessions() {
        for shard in shards { shard.run { $0.close($0.connectionCount, .leaseLost) } }
    }

    /// As ``close()``, but little by little, so that the clients, which reconnect at once, do not fall upon the other
    /// nodes all at the same moment. Handshakes are refused from the beginning.
    ///
    /// ```swift
    /// await server.drain(over: .seconds(10)) { logger.info("draining", metadata: ["left": "\($0.remaining)"]) }
    /// ```
    /// - Parameters:
    ///   - time: how long to spread it; less when there are few sessions. With zero, or when the task is cancelled, the
    ///     sessions that are left end at once.
    ///   - progress: called after each batch.
    ///   - handOver: awaited when all sessions have ended and before the server lets go of the other nodes: what they send
    ///     for sockets that may come back is received until then. Default: nothing.
    public func drain(
        over time: Duration, progress: (@Sendable (DrainProgress) -> Void)? = nil,
        handOver: @Sendable () async -> Void = {}
    ) async {
        isAccepting.store(false, ordering: .relaxed)
        let pace = DrainPace(time: time, shardCount: shards.count)
        let start = ContinuousClock.now
        for shard in shards { shard.run { $0.closeLaterOnes() } }
        var closed = 0
        while true {
            let elapsed = ContinuousClock.now - start
            let batch = await closeBatch(pace, elapsed: elapsed)
            closed += batch.closed
            progress?(DrainProgress(closed: closed, remaining: batch.remaining))
            let pause = pace.pause(.random(in: 0..<1))
            guard batch.remaining > 0, (try? await Task.sleep(for: pause)) != nil else { break }
        }
        await handOver()
        await close()
    }

    private func closeBatch(_ pace: DrainPace, elapsed: Duration) async -> (closed: Int, remaining: Int) {
        var (closed, remaining) = (0, 0)
        for shard in shards {
            let counts = try? await shard.eventLoop.submit {
                let before = shard.value.connectionCount
                shard.value.close(pace.batch(of: before, elapsed: elapsed))
                return (before: before, after: shard.value.connectionCount)
            }.get()
            guard let counts else { continue }
            closed += counts.before - counts.after
            remaining += counts.after
        }
        return (closed, remaining)
    }
}

/// How far ``Server/drain(over:progress:handOver:)`` is.
public struct DrainProgress: Sendable, Equatable {
    /// Sessions that it has closed.
    public let closed: Int
    /// Sessions that are left.
    public let remaining: Int
}
