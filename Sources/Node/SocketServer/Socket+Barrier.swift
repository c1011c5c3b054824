import EngineIO

extension Socket {
    /// Raises a barrier: says when the client has seen everything that was sent to it until now. What arrives before that,
    /// it sent without knowing what is sent after this call.
    ///
    /// It is an extra ping of Engine.IO, which every client answers at once and in order, over all transports and during an
    /// upgrade; the heartbeat goes on as if it had not been there. With asynchronous handlers, events that came before may
    /// still wait for their turn.
    ///
    /// ```swift
    /// var isInformed = false
    /// socket.raiseBarrier { _ in isInformed = true }
    /// socket.emit("the game has changed")
    /// ```
    /// - Parameter passed: called once on the socket's loop, unless the socket disconnects before.
    /// - Returns: whether there is a barrier. There is none after the disconnect, nor with clients of Socket.IO 2.x, which
    ///   servers do not ping: then `passed` is never called.
    @discardableResult
    public func raiseBarrier(_ passed: @escaping (Socket) -> Void) -> Bool {
        isConnected && connection.raiseBarrier(Barrier(socket: self, passed: passed))
    }
}

/// A barrier that a socket raised.
struct Barrier {
    let socket: Socket
    let passed: (Socket) -> Void
}

extension ConnectionHandler {
    func raiseBarrier(_ barrier: Barrier) -> Bool {
        guard session.raiseBarrier() else { return false }
        barriers.append(barrier)
        return true
    }

    func barrierPassed() {
        guard !barriers.isEmpty else { return }
        let barrier = barriers.removeFirst()
        if barrier.socket.isConnected { barrier.passed(barrier.socket) }
    }
}
