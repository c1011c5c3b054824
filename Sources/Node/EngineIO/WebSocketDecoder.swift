package import NIOCore

/// Reads what a WebSocket client sends: frames straight from the received bytes, unmasked in place, put together into
/// messages. Source: RFC 6455, sections 5 and 7.
package struct WebSocketDecoder {
    /// Something complete that the client sent.
    package enum Event: Equatable, Sendable {
        /// A text (valid UTF-8) or binary message, however many frames it came in.
        case message(Message)
        /// A ping, whose payload the pong must repeat.
        case ping(ByteBuffer)
        /// A pong.
        case pong
        /// A close frame with its code, if it has one. Nothing may follow.
        case close(WebSocketCloseCode?)
    }

    private enum Fragments {
        case none
        case text(ByteBuffer)
        case binary(ByteBuffer)
    }

    private let maxMessageSize: Int
    private var input = ByteBuffer()
    private var fragments = Fragments.none
    private var validator = UTF8Validator()

    /// Creates a decoder.
    /// - Parameter maxMessageSize: longest message in bytes.
    package init(maxMessageSize: Int) {
        self.maxMessageSize = maxMessageSize
    }

    /// Takes received bytes.
    package mutating func append(_ bytes: ByteBuffer) {
        if input.readableBytes == 0 {
            // A slice that is no longer than what was received: unmasking copies it if the reader of the socket still
            // holds on to the memory.
            input = bytes.slice()
        } else {
            input.discardReadBytes()
            input.writeImmutableBuffer(bytes)
        }
    }

    /// The next event in what was received.
    /// - Returns: `nil` if more bytes are needed.
    /// - Throws: the code to close the connection with. Nothing can be read afterwards.
    package mutating func next() throws(WebSocketCloseCode) -> Event? {
        while let header = try WebSocketFrameHeader(input) {
            guard header.isControl || header.payloadLength <= maxMessageSize - fragmentsSize else {
                throw .messageTooBig
            }
            guard input.readableBytes - header.size >= header.payloadLength else { return nil }
            input.moveReaderIndex(forwardBy: header.size)
            let isASCII = input.withUnsafeMutableReadableBytes {
                Masking.unmask(
                    UnsafeMutableRawBufferPointer(rebasing: $0.prefix(header.payloadLength)), key: header.key)
            }
            guard let payload = input.readSlice(length: header.payloadLength) else { return nil }
            if let event = try event(header, payload, isASCII: isASCII) { return event }
        }
        // An idle connection keeps no memory.
        if input.readableBytes == 0 { input = ByteBuffer() }
        return nil
    }

    private var fragmentsSize: Int {
        switch fragments {
        case .none: 0
        case .text(let bytes), .binary(let bytes): bytes.readableBytes
        }
    }

    private mutating func event(
        _ header: WebSocketFrameHeader, _ payload: ByteBuffer, isASCII: Bool
    ) throws(WebSocketCloseCode) -> Event? {
        switch header.opcode {
        case .text:
            guard case .none = fragments else { throw .protocolError }
            try validate(payload, isASCII: isASCII, isFinal: header.isFinal)
            return finish(.text(payload), isFinal: header.isFinal)
        case .binary:
            guard case .none = fragments else { throw .protocolError }
            return finish(.binary(payload), isFinal: header.isFinal)
        case .continuation:
            return try continued(payload, isASCII: isASCII, isFinal: header.isFinal)
        case .close:
            return .close(try WebSocketCloseCode.decode(payload))
        case .ping:
            return .ping(payload)
        case .pong:
            return .pong
        }
    }

    private mutating func continued(
        _ payload: ByteBuffer, isASCII: Bool, isFinal: Bool
    ) throws(WebSocketCloseCode) -> Event? {
        // Taken out first: appending to bytes that are still stored would copy them.
        var begun = Fragments.none
        swap(&begun, &fragments)
        switch consume begun {
        case .none:
            throw .protocolError
        case .text(var bytes):
            try validate(payload, isASCII: isASCII, isFinal: isFinal)
            bytes.writeImmutableBuffer(payload)
            return finish(.text(bytes), isFinal: isFinal)
        case .binary(var bytes):
            bytes.writeImmutableBuffer(payload)
            return finish(.binary(bytes), isFinal: isFinal)
        }
    }

    private mutating func finish(_ message: Message, isFinal: Bool) -> Event? {
        guard !isFinal else { return .message(message) }
        switch message {
        case .text(let bytes): fragments = .text(bytes)
        case .binary(let bytes): fragments = .binary(bytes)
        }
        return nil
    }

    private mutating func validate(
        _ text: ByteBuffer, isASCII: Bool, isFinal: Bool
    ) throws(WebSocketCloseCode) {
        if isASCII, validator.isAtBoundary { return }
        guard validator.accepts(text.readableBytesView), validator.isAtBoundary || !isFinal else {
            throw .invalidPayload
        }
    }
}
