public import NIOCore

/// Decodes what a client sends over WebSocket (RFC 6455, section 5): a value that is fed bytes and returns events.
///
/// Unfragmented messages are slices of the bytes read, unmasked in place. Reserved bits are errors, but for the one that
/// marks compressed messages where that was agreed on; those come out as they are. After an error the connection is dead:
/// nothing more may be fed.
public struct WebSocketDecoder: Sendable {
    private let maxMessageSize: Int
    private let acceptsDeflated: Bool
    private let ownsBytes: Bool
    private var unfinished = Unfinished.nothing

    /// A message of which the last frame is still to come.
    private struct Fragments {
        var isText: Bool
        var isDeflated: Bool
        var payload: ByteBuffer
        var text = UTF8Validator()
    }

    /// In memory of its own, so that the many decoders that have none are small.
    private indirect enum Unfinished {
        case nothing
        case message(Fragments)
    }

    private var fragments: Fragments? {
        get { if case .message(let fragments) = unfinished { fragments } else { nil } }
        set { unfinished = newValue.map(Unfinished.message) ?? .nothing }
    }

    private struct Header {
        var isFinal: Bool
        var isDeflated: Bool
        var opcode: UInt8
        var size: Int
        var payloadLength: Int
        var key: UInt32 = 0
        var isControl: Bool { opcode & 0x8 != 0 }
    }

    private enum Opcode {
        static let continuation: UInt8 = 0x0
        static let text: UInt8 = 0x1
        static let binary: UInt8 = 0x2
        static let close: UInt8 = 0x8
        static let ping: UInt8 = 0x9
        static let pong: UInt8 = 0xA
    }

    /// Creates a decoder.
    /// - Parameters:
    ///   - maxMessageSize: longest message in bytes, fragments together, as it is sent.
    ///   - acceptsDeflated: whether `permessage-deflate` was agreed on. Default: `false`.
    public init(maxMessageSize: Int, acceptsDeflated: Bool = false) {
        self.init(maxMessageSize: maxMessageSize, acceptsDeflated: acceptsDeflated, ownsBytes: false)
    }

    /// Creates a decoder.
    /// - Parameters:
    ///   - maxMessageSize: longest message in bytes, fragments together, as it is sent.
    ///   - acceptsDeflated: whether `permessage-deflate` was agreed on.
    ///   - ownsBytes: whether nobody else reads the bytes that it is fed. If so they are not copied before they are
    ///     unmasked, although somebody else may hold on to their memory.
    package init(maxMessageSize: Int, acceptsDeflated: Bool, ownsBytes: Bool) {
        self.maxMessageSize = maxMessageSize
        self.acceptsDeflated = acceptsDeflated
        self.ownsBytes = ownsBytes
    }

    /// Whether a message has begun of which the last frame is still to come.
    package var isInsideMessage: Bool {
        if case .message = unfinished { true } else { false }
    }

    /// Takes the next event off the front of a buffer.
    /// - Parameter buffer: bytes in order of arrival; what belongs to an incomplete frame is left in it.
    /// - Returns: the event, or `nil` when more bytes are needed.
    /// - Throws: ``WebSocketError`` when the peer violates the protocol or a limit.
    public mutating func next(from buffer: inout ByteBuffer) throws(WebSocketError) -> WebSocketEvent? {
        while let header = try header(of: buffer.readableBytesSpan) {
            guard buffer.readableBytes - header.size >= header.payloadLength else { return nil }
            buffer.moveReaderIndex(forwardBy: header.size)
            let isASCII = Masking.apply(
                header.key, to: &buffer, count: header.payloadLength, inPlace: ownsBytes)
            guard let payload = buffer.readSlice(length: header.payloadLength) else { return nil }
            if let event = try event(header, payload, isASCII: isASCII) { return event }
        }
        return nil
    }

    /// Reads a frame header and refuses what no later byte can make right, so that limits hold before any buffering.
    private func header(of bytes: RawSpan) throws(WebSocketError) -> Header? {
        guard let word = bytes.integer(at: 0, as: UInt16.self) else { return nil }
        let opcode = UInt8(truncatingIfNeeded: word >> 8) & 0xF
        // The first frame of a message says whether it is compressed (RFC 7692, section 6).
        let allowedBits: UInt16 = acceptsDeflated && (opcode == Opcode.text || opcode == Opcode.binary) ? 0x4000 : 0
        if word & 0x7000 & ~allowedBits != 0 { throw .protocolError("reserved bit set") }
        if word & 0x80 == 0 { throw .protocolError("frame not masked") }
        var header = Header(
            isFinal: word & 0x8000 != 0, isDeflated: word & 0x4000 != 0, opcode: opcode, size: 6,
            payloadLength: Int(word & 0x7F))
        try check(header)
        switch header.payloadLength {
        case 126:
            guard let length = bytes.integer(at: 2, as: UInt16.self) else { return nil }
            header.size = 8
            header.payloadLength = Int(length)
        case 127:
            guard let length = bytes.integer(at: 2, as: UInt64.self) else { return nil }
            header.size = 14
            guard let length = Int(exactly: length) else { throw .tooBig }
            header.payloadLength = length
        default:
            break
        }
        let before = header.isControl ? 0 : fragments?.payload.readableBytes ?? 0
        if header.payloadLength > maxMessageSize - before, !header.isControl { throw .tooBig }
        guard let key = bytes.integer(at: header.size - 4, as: UInt32.self) else { return nil }
        header.key = key
        return header
    }

    private func check(_ header: Header) throws(WebSocketError) {
        switch header.opcode {
        case Opcode.continuation:
            if !isInsideMessage { throw .protocolError("continuation without a message") }
        case Opcode.text, Opcode.binary:
            if isInsideMessage { throw .protocolError("new message inside a fragmented one") }
        case Opcode.close, Opcode.ping, Opcode.pong:
            if !header.isFinal { throw .protocolError("fragmented control frame") }
            if header.payloadLength > 125 { throw .protocolError("control frame too long") }
        default:
            throw .protocolError("unknown opcode")
        }
    }

    private mutating func event(
        _ header: Header, _ payload: ByteBuffer, isASCII: Bool
    ) throws(WebSocketError) -> WebSocketEvent? {
        switch header.opcode {
        case Opcode.ping: return .ping(payload)
        case Opcode.pong: return .pong(payload)
        case Opcode.close: return try close(payload)
        case Opcode.continuation: return try continued(header, payload)
        case let opcode where header.isFinal:
            if header.isDeflated { return .deflated(payload, isText: opcode == Opcode.text) }
            if isASCII, opcode == Opcode.text { return .text(payload) }
            return try .message(payload, isText: opcode == Opcode.text)
        default:
            // A copy: a slice would keep the whole read buffer alive until the last fragment is here.
            fragments = Fragments(
                isText: header.opcode == Opcode.text, isDeflated: header.isDeflated,
                payload: ByteBufferAllocator().buffer(capacity: 0))
            return try continued(header, payload)
        }
    }

    private mutating func continued(
        _ header: Header, _ payload: ByteBuffer
    ) throws(WebSocketError) -> WebSocketEvent? {
        guard var message = fragments else { return nil }
        fragments = nil
        let isPlainText = message.isText && !message.isDeflated
        if isPlainText, !message.text.feed(payload) { throw .invalidText }
        message.payload.writeImmutableBuffer(payload)
        guard header.isFinal else {
            fragments = message
            return nil
        }
        if message.isDeflated { return .deflated(message.payload, isText: message.isText) }
        guard message.isText else { return .binary(message.payload) }
        guard message.text.isComplete else { throw .invalidText }
        return .text(message.payload)
    }

    private func close(_ payload: ByteBuffer) throws(WebSocketError) -> WebSocketEvent {
        var reason = payload
        guard reason.readableBytes > 0 else { return .close(code: nil, reason: reason) }
        guard let code: UInt16 = reason.readInteger() else { throw .protocolError("close code cut off") }
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: break
        default: throw .protocolError("close code not allowed")
        }
        guard UTF8Validator.isValid(reason) else { throw .invalidText }
        return .close(code: code, reason: reason)
    }
}
