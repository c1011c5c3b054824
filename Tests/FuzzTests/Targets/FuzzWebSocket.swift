import EngineIO
import NIOCore

/// Reads what a client sends over WebSocket. The first byte chooses the longest message, how the rest is split and whether
/// compressed messages are accepted.
///
/// However the bytes are split, the same events come out and the same error ends them.
func fuzzWebSocket(_ input: ByteBuffer) throws {
    var stream = input
    guard let choice: UInt8 = stream.readInteger() else { return }
    let limit = 1 << Int(choice & 0xF)
    let size = Int(choice >> 4) + 1
    let acceptsDeflated = choice & 0x10 != 0
    let whole = Transcript([stream], limit: limit, acceptsDeflated: acceptsDeflated)
    for size in [1, size, 5 * size] {
        let split = Transcript(stream.split(every: size), limit: limit, acceptsDeflated: acceptsDeflated)
        try check(split == whole, "splitting changes nothing")
    }
    for event in whole.events { try check(event, limit: limit) }
    try checkMasking(whole.events, key: UInt32(choice) &* 0x0123_4567)
    try checkText(stream, cutAt: size)
}

/// What a decoder makes of bytes.
private struct Transcript: Equatable {
    var events: [WebSocketEvent] = []
    var error: WebSocketError?

    init(_ parts: [ByteBuffer], limit: Int, acceptsDeflated: Bool = true) {
        var decoder = WebSocketDecoder(maxMessageSize: limit, acceptsDeflated: acceptsDeflated)
        var buffer = ByteBuffer()
        do throws(WebSocketError) {
            for part in parts {
                buffer.writeImmutableBuffer(part)
                while let event = try decoder.next(from: &buffer) { events.append(event) }
            }
        } catch {
            self.error = error
        }
    }
}

private func check(_ event: WebSocketEvent, limit: Int) throws {
    switch event {
    case .text(let text):
        try check(text.readableBytes <= limit, "a message is no longer than allowed")
        try check(isUTF8(text), "a text is UTF-8")
    case .binary(let bytes), .deflated(let bytes, _):
        try check(bytes.readableBytes <= limit, "a message is no longer than allowed")
    case .ping(let payload), .pong(let payload):
        try check(payload.readableBytes <= 125, "a control frame is short")
        let answer = try ServerFrames(WebSocketFrame.pong(payload)).frames
        try check(answer.count == 1 && answer.first?.payload == payload, "a pong has the payload of its ping")
    case .close(_, let reason): try check(reason.readableBytes <= 123 && isUTF8(reason), "a reason is a short text")
    }
}

/// Masked with a key, events are the same again.
private func checkMasking(_ events: [WebSocketEvent], key: UInt32) throws {
    var stream = ByteBuffer()
    for event in events { stream.writeClientFrame(event, key: key) }
    try check(Transcript([stream], limit: .max).events == events, "events survive masking")
}

/// A text is accepted if and only if the standard library finds it valid, also in two fragments.
private func checkText(_ text: ByteBuffer, cutAt cut: Int) throws {
    var whole = ByteBuffer()
    whole.writeClientFrame(0x81, text, key: 0)
    var fragments = ByteBuffer()
    fragments.writeClientFrame(0x01, ByteBuffer(text.readableBytesView.prefix(cut)), key: 1)
    fragments.writeClientFrame(0x80, ByteBuffer(text.readableBytesView.dropFirst(cut)), key: 0xFF00)
    for stream in [whole, fragments] {
        let events = Transcript([stream], limit: .max).events
        try check(events == (isUTF8(text) ? [.text(text)] : []), "a text is accepted if it is UTF-8")
    }
}

private func isUTF8(_ bytes: ByteBuffer) -> Bool {
    String(validating: bytes.readableBytesView, as: UTF8.self) != nil
}

extension ByteBuffer {
    fileprivate func split(every size: Int) -> [ByteBuffer] {
        var rest = self
        var parts: [ByteBuffer] = []
        while rest.readableBytes > 0, let part = rest.readSlice(length: min(size, rest.readableBytes)) {
            parts.append(part)
        }
        return parts
    }

    fileprivate mutating func writeClientFrame(_ event: WebSocketEvent, key: UInt32) {
        switch event {
        case .text(let text): writeClientFrame(0x81, text, key: key)
        case .binary(let bytes): writeClientFrame(0x82, bytes, key: key)
        case .deflated(let bytes, let isText): writeClientFrame(isText ? 0xC1 : 0xC2, bytes, key: key)
        case .ping(let payload): writeClientFrame(0x89, payload, key: key)
        case .pong(let payload): writeClientFrame(0x8A, payload, key: key)
        case .close(let code, let reason):
            var payload = ByteBuffer()
            if let code { payload.writeInteger(code) }
            payload.writeImmutableBuffer(reason)
            writeClientFrame(0x88, payload, key: key)
        }
    }

    fileprivate mutating func writeClientFrame(_ first: UInt8, _ payload: ByteBuffer, key: UInt32) {
        writeInteger(first)
        switch payload.readableBytes {
        case ...125: writeInteger(0x80 | UInt8(payload.readableBytes))
        case ...0xFFFF: writeMultipleIntegers(UInt8(0xFE), UInt16(payload.readableBytes))
        default: writeMultipleIntegers(UInt8(0xFF), UInt64(payload.readableBytes))
        }
        writeInteger(key)
        for (index, byte) in payload.readableBytesView.enumerated() {
            writeInteger(byte ^ UInt8(truncatingIfNeeded: key >> UInt32(24 - 8 * (index % 4))))
        }
    }
}
