import NIOCore

/// The server's part of the opening handshake (RFC 6455, section 4.2.2).
public enum WebSocketHandshake {
    /// The value of `Sec-WebSocket-Accept`.
    /// - Parameter key: the client's `Sec-WebSocket-Key`.
    /// - Returns: the value, or `nil` if the key is not 16 bytes in base 64.
    public static func acceptKey(for key: String) -> String? {
        var text = ByteBufferAllocator().buffer(capacity: 64)
        text.writeString(key)
        guard Base64.decode(text)?.readableBytes == 16 else { return nil }
        text.writeStaticString("258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
        let digest = SHA1.digest(text.readableBytesSpan)
        text.clear()
        Base64.encode(digest, into: &text)
        return String(buffer: text)
    }
}
