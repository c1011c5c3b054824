import NIOCore

extension Namespace {
    /// Runs something later that belongs to no socket. For one socket's sake, see ``Socket/schedule(after:_:)``.
    /// - Parameters:
    ///   - delay: how long to wait.
    ///   - body: called once, on one of the event loops; must not block.
    public func schedule(after delay: Duration, _ body: @escaping @Sendable () -> Void) {
        shards[0].eventLoop.scheduleTask(in: TimeAmount(delay), body)
    }
}
