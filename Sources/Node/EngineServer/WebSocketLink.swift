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

/// What a WebSocket tells its owner. All calls on the connection's loop.
protocol WebSocketReceiver: AnyObject {
    /// A message arrived.
    func received(_ message: Message)
    /// Everything that was read in one go has been reported.
    func readCompleted()
    /// Whether the client's not reading holds up what is sent.
    func blocked(_ isBlocked: Bool)
    /// The connection has ended, not on the owner's order. The last call.
    func closed(_ reason: CloseReason)
}
