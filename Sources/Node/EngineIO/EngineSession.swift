public import NIOCore

/// One Engine.IO session as the layer above sees it. EngineServer implements it; SocketServer uses it.
///
/// A session lives on one event loop (its *shard*): every call must come from there, and none of them suspends.
public protocol EngineSession: AnyObject {
    /// The session id (`sid`): `<node tag, 6 characters><shard, 1 character><16 random characters>`.
    var id: String { get }
    /// Index of the event loop that the session lives on.
    var shard: Int { get }
    /// What the client sent when it opened the session.
    var handshake: Handshake { get }
    /// The revision of Engine.IO that the client speaks, which stays the same.
    var protocolVersion: ProtocolVersion { get }
    /// The transport in use now.
    var transport: Transport { get }
    /// Whether messages may be compressed over WebSocket: then a message for many sessions is better prepared by
    /// ``OutgoingMessage/shareCompression()``.
    var compresses: Bool { get }
    /// Queues a message for the client. Messages leave in order, in one write per loop turn.
    ///
    /// Over the byte budget of the session the session is closed with ``CloseReason/slowConsumer``.
    /// - Parameters:
    ///   - message: the encoded message; its bytes are shared, not copied, when they are large.
    ///   - volatile: drop it when the transport cannot take it now (no poll pending, or earlier bytes still queued).
    func send(_ message: OutgoingMessage, volatile: Bool)
    /// Memory for a message that is sent at once, and to this client alone.
    /// - Returns: an empty buffer; with the memory of an earlier message, if one has left. Without memory where this is not
    ///   implemented.
    func messageBuffer() -> ByteBuffer
    /// Raises a barrier: a ping beside the heartbeat. What arrives before ``SessionHandler/barrierPassed()``, the client
    /// sent before it saw what is sent after this call. A client that owes 64 pongs is taken for dead.
    /// - Returns: whether it was raised: not after the end, nor with clients of revision 3, which servers do not ping.
    func raiseBarrier() -> Bool
    /// Ends the session: what is queued is flushed, the peer is told, and ``SessionHandler/closed(_:)`` is called
    /// with this reason before `close` returns. Later calls do nothing.
    func close(_ reason: CloseReason)
}

extension EngineSession {
    /// Without memory.
    public func messageBuffer() -> ByteBuffer { ByteBuffer() }
}

/// What the layer above does with one session. Called on the session's loop only.
public protocol SessionHandler: AnyObject {
    /// A message arrived. Messages come in the order in which the client sent them, across an upgrade too.
    func received(_ message: Message)
    /// The client answered a barrier, in the order of the calls of ``EngineSession/raiseBarrier()``. Does nothing where it
    /// is not implemented.
    func barrierPassed()
    /// The session ended. Called exactly once; nothing is called afterwards.
    func closed(_ reason: CloseReason)
}

extension SessionHandler {
    /// Nothing, for those who raise none.
    public func barrierPassed() {}
}

/// Accepts new sessions: the one thing that EngineServer needs of the layer above.
public protocol SessionAcceptor: Sendable {
    /// A session was opened (its open packet is already queued). Called on the session's loop.
    /// - Returns: the handler, which the session keeps until it is closed.
    func opened(_ session: any EngineSession) -> any SessionHandler
    /// Whether new sessions are welcome; while not, handshakes are answered with 503. Asked on any thread.
    var acceptsSessions: Bool { get }
}

extension SessionAcceptor {
    /// Always.
    public var acceptsSessions: Bool { true }
}
