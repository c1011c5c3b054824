import EngineIO
import NIOCore

/// Encodes and decodes base 64: every text that is accepted is the one text of its bytes. The bytes are a
/// `Sec-WebSocket-Key` as well.
func fuzzBase64(_ input: ByteBuffer) throws {
    let text = base64(input)
    try check(text.readableBytes == (input.readableBytes + 2) / 3 * 4, "three bytes take four characters")
    try check(Base64.decode(text) == input, "bytes survive encoding and decoding")
    let decoded = Base64.decode(input)
    if let decoded { try check(base64(decoded) == input, "bytes have one text") }
    let accepted = WebSocketHandshake.acceptKey(for: String(buffer: input))
    try check((accepted != nil) == (decoded?.readableBytes == 16), "a key is 16 bytes")
    try check(accepted?.utf8.count ?? 28 == 28, "a digest is 20 bytes")
}

private func base64(_ bytes: ByteBuffer) -> ByteBuffer {
    var text = ByteBuffer()
    Base64.encode(bytes.readableBytesView, into: &text)
    return text
}
