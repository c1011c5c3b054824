import EngineIO

/// Close codes that the server chooses itself. Source: RFC 6455, section 7.4.1.
enum WebSocketCloseCode {
    /// The purpose is fulfilled.
    static let normal: UInt16 = 1000
    /// The client broke a rule of ours: a message took it too long.
    static let policyViolation: UInt16 = 1008
}

/// What a session (or the echo) has of its WebSocket. All calls on the owner's loop.
protocol WebSocketSender: AnyObject {
    /// Whether earlier bytes wait for the client to read.
    var isBlocked: Bool { get }
    /// Queues a message.
    func send(_ message: OutgoingMessage)
    /// Sends what is queued and a close frame, then closes. Nothing is reported afterwards.
    func close(_ code: UInt16)
    /// Closes at once. Nothing is reported afterwards.
    func cut()
}

extension WebSocketSender {
    /// Ends the WebSocket of a session.
    func end(_ farewell: Session.Farewell) {
        switch farewell {
        case .none: break
        case .closeFrame: close(WebSocketCloseCode.normal)
        case .closePacket:
            send(.close)
            close(WebSocketCloseCode.normal)
        case .cut: cut()
        }
    }
}

/// What a WebSocket tells its owner, who may have two: the transport in use and the candidate of an upgrade. All calls on
/// the connection's loop.
protocol WebSocketReceiver: AnyObject {
    /// A message arrived on one.
    func received(_ message: consuming Message, on webSocket: any WebSocketSender)
    /// Everything that was read in one go has been reported.
    func readCompleted()
    /// Whether the client's not reading holds up what is sent.
    func blocked(_ isBlocked: Bool)
    /// The connection of one has ended, not on the owner's order. Its last call.
    func closed(_ webSocket: any WebSocketSender, _ reason: CloseReason)
}
