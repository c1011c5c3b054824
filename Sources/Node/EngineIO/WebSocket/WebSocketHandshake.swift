import NIOCore

/// The server's part of the opening handshake (RFC 6455, section 4.2.2).
public enum WebSocketHandshake {
    /// The value of `Sec-WebSocket-Accept`.
    /// - Parameter key: the client's `Sec-WebSocket-Key`.
    /// - Returns: the value, or `nil` if the key is not 16 bytes in base 64.
    public static func acceptKey(for key: String) -> String? {
        var text = ByteBuffer(string: key)
        guard Base64.decode(text)?.readableBytes == 16 else { return nil }
        text.clear()
        Base64.encode(SHA1.digest(Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)), into: &text)
        return String(buffer: text)
    }
}
