import EngineIO

/// A WebSocket of a session, on the session's loop: the transport in use, or the candidate of an upgrade.
final class SessionWebSocket: WebSocketReceiver {
    /// Let go when the WebSocket has ended.
    @exclusivity(unchecked) private var session: ServerSession?
    let sender: any WebSocketSender

    init(session: ServerSession, sender: any WebSocketSender) {
        self.session = session
        self.sender = sender
    }

    func received(_ message: Message) {
        session?.received(message, on: self)
    }

    func readCompleted() {
        session?.readCompleted()
    }

    func blocked(_ isBlocked: Bool) {}

    func closed(_ reason: CloseReason) {
        let session = session
        self.session = nil
        session?.closed(self, reason)
    }

    /// Ends it on the session's order.
    func end(_ farewell: Session.Farewell) {
        session = nil
        switch farewell {
        case .none: break
        case .closeFrame: sender.close(WebSocketCloseCode.normal)
        case .closePacket:
            sender.send(.close)
            sender.close(WebSocketCloseCode.normal)
        case .cut: sender.cut()
        }
    }
}
