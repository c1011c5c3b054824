import NIOCore
import NIOHTTP1

/// Writes answers to a client as bytes, as many as possible in one buffer. Their framing fields are there already:
/// ``ForwardedHeaders`` sets them.
struct AnswerWriter {
    private var buffer = ByteBuffer()
    private var isChunked = false

    /// Up to this many bytes a copy is cheaper than a buffer of its own in the writing system call.
    private static let largestCopy = 4096

    /// Takes a part of an answer.
    /// - Parameters:
    ///   - part: the part.
    ///   - send: is given what is too large to be collected, and what was collected before it.
    mutating func write(_ part: HTTPServerResponsePart, send: (ByteBuffer) -> Void) {
        switch part {
        case .head(let head): write(head)
        case .body(.byteBuffer(let bytes)): write(bytes, send)
        // Nobody sends a file.
        case .body(.fileRegion): break
        case .end:
            if isChunked { buffer.writeStaticString("0\r\n\r\n") }
            isChunked = false
        }
    }

    /// What was collected; `nil` if there is nothing.
    mutating func take() -> ByteBuffer? {
        guard buffer.readableBytes > 0 else { return nil }
        defer { buffer = ByteBuffer() }
        return buffer
    }

    private mutating func write(_ head: HTTPResponseHead) {
        isChunked = head.headers.contains(name: "transfer-encoding")
        buffer.reserveCapacity(minimumWritableBytes: 512)
        buffer.writeStaticString("HTTP/1.1 ")
        buffer.writeString(String(head.status.code))
        buffer.writeStaticString(" ")
        buffer.writeString(head.status.reasonPhrase)
        buffer.writeStaticString("\r\n")
        for (name, value) in head.headers {
            buffer.writeString(name)
            buffer.writeStaticString(": ")
            buffer.writeString(value)
            buffer.writeStaticString("\r\n")
        }
        buffer.writeStaticString("\r\n")
    }

    private mutating func write(_ bytes: ByteBuffer, _ send: (ByteBuffer) -> Void) {
        guard bytes.readableBytes > 0 else { return }
        if isChunked {
            buffer.writeString(String(bytes.readableBytes, radix: 16))
            buffer.writeStaticString("\r\n")
        }
        if bytes.readableBytes <= Self.largestCopy {
            buffer.writeImmutableBuffer(bytes)
        } else {
            if let before = take() { send(before) }
            send(bytes)
        }
        if isChunked { buffer.writeStaticString("\r\n") }
    }
}
