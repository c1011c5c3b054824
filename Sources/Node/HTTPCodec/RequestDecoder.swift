package import NIOCore

/// A part of a request.
package enum RequestEvent: Sendable {
    /// A request begins.
    case head(RequestHead)
    /// A part of its body.
    case body(ByteBuffer)
    /// It is complete.
    case end
}

/// Reads requests off a stream of bytes, however that is divided. Source: RFC 9112.
///
/// Where the standard leaves a choice between taking a malformed request and refusing it, it is refused: ends of lines
/// without CR, folded lines, blanks around field names, two lengths, codings other than `chunked`. Trailers are read and
/// thrown away.
///
/// ```swift
/// while let event = try decoder.next(from: &input) { handle(event) }
/// ```
package struct RequestDecoder: Sendable {
    private enum State {
        /// Between two requests, or in the first line of one.
        case line
        /// Somewhere else, since few heads come in pieces, and the decoder is looked at with every piece of bytes.
        indirect case fields(RequestLine, FieldReader)
        case body(BodyReader)
        /// Behind a request that wants another protocol, or behind something that is no request.
        case stopped
    }

    private let limits: HeadLimits
    private var state = State.line

    /// A decoder for one connection.
    /// - Parameter limits: how large heads, and trailers, may be.
    package init(limits: HeadLimits) {
        self.limits = limits
    }

    /// Whether nothing more is read: the last request wanted another protocol (``RequestHead/wantsUpgrade``), whose bytes
    /// are left alone, or was malformed.
    package var hasStopped: Bool {
        if case .stopped = state { true } else { false }
    }

    /// Whether a request is under way of which the head has come.
    package var isInsideBody: Bool {
        if case .body = state { true } else { false }
    }

    /// Reads the next part.
    /// - Parameter input: what was received and not read; an incomplete head stays in it until its end has come.
    /// - Returns: the part, or `nil` if more bytes are needed.
    /// - Throws: ``MalformedMessage``; nothing can be read behind it.
    package mutating func next(from input: inout ByteBuffer) throws(MalformedMessage) -> RequestEvent? {
        do throws(MalformedMessage) {
            switch state {
            case .line where input.readableBytes == 0: return nil
            case .line, .fields: return try readHead(from: &input).map(RequestEvent.head)
            case .body: return try readBody(from: &input)
            case .stopped: return nil
            }
        } catch {
            state = .stopped
            throw error
        }
    }

    private mutating func readHead(from input: inout ByteBuffer) throws(MalformedMessage) -> RequestHead? {
        let line: RequestLine
        var reader: FieldReader
        if case .fields(let begun, let beginning) = state {
            (line, reader) = (begun, beginning)
            // Let go, so that the list of fields is not copied.
            state = .line
        } else {
            Self.skipEmptyLines(&input)
            guard input.readableBytes > 0, let (whole, end) = try readLine(input) else { return nil }
            (line, reader) = (whole, FieldReader(from: end, limits: limits))
        }
        guard try reader.read(input), let bytes = input.readSlice(length: reader.position) else {
            state = .fields(line, reader)
            return nil
        }
        let head = try RequestHead(line, consume reader, consume bytes)
        state = .body(BodyReader(head.framing, limits: limits, stopsBehind: head.wantsUpgrade))
        return head
    }

    /// Some clients send an empty line behind a body (RFC 9112, section 2.2).
    private static func skipEmptyLines(_ input: inout ByteBuffer) {
        while input.getInteger(at: input.readerIndex, as: UInt16.self) == 0x0D0A {
            input.moveReaderIndex(forwardBy: 2)
        }
    }

    private func readLine(_ input: ByteBuffer) throws(MalformedMessage) -> (RequestLine, end: Int)? {
        try input.withUnsafeReadableBytes { bytes throws(MalformedMessage) in
            var scanner = LineScanner(bytes, from: 0, limit: limits.lineBytes)
            // Half of an empty line.
            if bytes.count == 1, bytes[0] == 0x0D { return nil }
            return try RequestLine.read(&scanner).map { ($0, scanner.position) }
        }
    }

    private mutating func readBody(from input: inout ByteBuffer) throws(MalformedMessage) -> RequestEvent? {
        guard case .body(var reader) = state else { return nil }
        state = .stopped
        if let bytes = try reader.next(from: &input) {
            state = .body(reader)
            return .body(bytes)
        }
        guard reader.hasEnded else {
            state = .body(reader)
            return nil
        }
        if !reader.stopsBehind { state = .line }
        return .end
    }
}
