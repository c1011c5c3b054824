public import EngineIO
import NIOCore

/// An Engine.IO session without a transport: it keeps what it is given to send.
public final class FakeSession: EngineSession {
    /// The session id.
    public let id: String
    /// Index of the loop.
    public let shard: Int
    /// What the client sent when it opened the session.
    public let handshake: Handshake
    /// The revision of Engine.IO that the client speaks.
    public let protocolVersion: ProtocolVersion
    /// Always WebSocket, unless a test says otherwise.
    public var transport = Transport.websocket
    /// What the layer above does with the session; let go at its end.
    public var handler: (any SessionHandler)?
    /// Messages since the last look, binary ones in hexadecimal behind `b:`; volatile ones behind `~`. A barrier is `|`.
    public var sent: [String] = []
    /// No, unless a test says otherwise.
    public var compresses = false
    /// The last message as it was given.
    public private(set) var lastMessage: OutgoingMessage?
    /// Called for every message, before it is kept.
    public var onSend: (() -> Void)?
    /// Why the session ended.
    public private(set) var closeReason: CloseReason?

    /// Opens a session.
    /// - Parameters:
    ///   - id: the session id. Default: `session` and the shard.
    ///   - shard: index of the loop.
    ///   - protocolVersion: the revision of Engine.IO that the client speaks.
    ///   - headers: header fields of the handshake, names in lower case.
    public init(
        id: String? = nil, shard: Int, protocolVersion: ProtocolVersion = .v4,
        headers: [(name: String, value: String)] = []
    ) {
        self.id = id ?? "session\(shard)"
        self.protocolVersion = protocolVersion
        self.shard = shard
        handshake = Handshake(
            headers: headers, url: "/socket.io/?EIO=4&transport=websocket", address: "192.0.2.1", secure: false,
            issued: 1_795_254_473_434)
    }

    /// Keeps a message.
    /// - Parameters:
    ///   - message: the message.
    ///   - volatile: whether it might be dropped.
    public func send(_ message: OutgoingMessage, volatile: Bool) {
        guard closeReason == nil else { return }
        onSend?()
        lastMessage = message
        sent += Self.messages(in: message.frames).map { volatile ? "~" + $0 : $0 }
    }

    /// Raises a barrier; a test says that it is passed by calling the handler.
    /// - Returns: whether the session is open, and its client of revision 4.
    public func raiseBarrier() -> Bool {
        guard closeReason == nil, protocolVersion == .v4 else { return false }
        sent.append("|")
        return true
    }

    /// Ends the session, as server or client.
    /// - Parameter reason: what the layer above is told.
    public func close(_ reason: CloseReason) {
        guard closeReason == nil else { return }
        closeReason = reason
        handler?.closed(reason)
        handler = nil
    }

    /// What a client would read from these WebSocket frames.
    private static func messages(in frames: ByteBuffer) -> [String] {
        var frames = frames
        var messages: [String] = []
        while let opcode: UInt8 = frames.readInteger(), let short: UInt8 = frames.readInteger() {
            var length = Int(short)
            if short == 126 { length = Int(frames.readInteger(as: UInt16.self) ?? 0) }
            if short == 127 { length = Int(frames.readInteger(as: UInt64.self) ?? 0) }
            let payload = frames.readSlice(length: length) ?? ByteBuffer()
            if opcode == 0x81 {
                messages.append(String(String(buffer: payload).dropFirst()))
            } else {
                messages.append("b:" + payload.readableBytesView.map { String($0, radix: 16) }.joined())
            }
        }
        return messages
    }
}
