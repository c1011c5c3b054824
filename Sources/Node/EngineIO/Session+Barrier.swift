extension Session {
    /// A ping that was sent and is not answered yet.
    enum AwaitedPong {
        case heartbeat
        case barrier
    }

    /// Most pongs that a client may owe.
    static let awaitedPongLimit = 64

    /// What to do about a barrier.
    package enum BarrierResult {
        /// Send a ping.
        case ping
        /// It cannot be raised: the session has ended, or its client is of revision 3, which servers do not ping.
        case impossible
        /// The client owes too many pongs.
        case end(Ending)
    }

    /// The layer above wants to know what the client sent before it saw what follows: an extra ping. Clients answer pings
    /// at once and in order, so that pongs are told apart by counting; the heartbeat goes on as if nothing had happened.
    package mutating func barrierRaised() -> BarrierResult {
        guard isOpen, version3 == nil else { return .impossible }
        guard awaitedPongs.count < Self.awaitedPongLimit else {
            return end(.pingTimeout).map(BarrierResult.end) ?? .impossible
        }
        if awaitedPongs.isEmpty, heartbeat.isAwaitingPong { awaitedPongs.append(.heartbeat) }
        awaitedPongs.append(.barrier)
        return .ping
    }

    /// The heartbeat's own ping is sent.
    mutating func heartbeatPinged() {
        if !awaitedPongs.isEmpty { awaitedPongs.append(.heartbeat) }
    }

    mutating func receivedPong(_ now: @autoclosure () -> Duration) -> PacketResult {
        if !awaitedPongs.isEmpty, awaitedPongs.removeFirst() == .barrier { return .barrierPassed }
        return heartbeat.receivedPong(now(), interval: settings.pingInterval) ? .pong : .none
    }
}
