public import NIOCore

/// One Engine.IO message: what the layer above (Socket.IO) receives and sends.
///
/// Source: Engine.IO protocol v4, packet type `4` (message); over polling a binary message is `b` + base64.
public enum Message: Sendable, Equatable {
    /// UTF-8 text without the packet type; valid UTF-8 (the transport has checked it).
    case text(ByteBuffer)
    /// Binary content as the peer sent it.
    case binary(ByteBuffer)
}
