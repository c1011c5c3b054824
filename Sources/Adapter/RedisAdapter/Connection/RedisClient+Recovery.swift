import NIOCore

/// What a journal needs that is in the same order as publications. Not for a Redis Cluster, where streams and channels are
/// with different servers.
extension RedisClient {
    /// Gives a command that takes its place among the publications: it asks nothing back, and is kept or dropped like them
    /// while Redis cannot be reached.
    /// - Parameter words: the command and its arguments.
    func post(_ words: [RedisArgument]) {
        if case .first = queue.appendPublication(words) { wake() }
    }

    /// Waits until everything is subscribed that was asked for before, and everything has been received that Redis had
    /// published by then.
    /// - Parameter deadline: how long at most.
    /// - Returns: whether that is so now.
    func settleSubscriptions(within deadline: Duration) async -> Bool {
        let settled = loop.makePromise(of: Bool.self)
        onLoop { $0.subscriptions.mark { settled.succeed($0) } }
        let timeout = loop.scheduleTask(in: TimeAmount(deadline)) { settled.succeed(false) }
        let result = try? await settled.futureResult.get()
        timeout.cancel()
        return result ?? false
    }
}
