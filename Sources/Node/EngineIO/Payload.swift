package import NIOCore

/// The packets of one polling request, read one by one. Source: Engine.IO protocol v4, "HTTP long-polling" encoding:
/// packets are separated by the record separator 0x1e; a binary message is `b` and base64.
package struct Payload {
    /// Between two packets.
    package static let separator: UInt8 = 0x1E

    private var rest: ByteBuffer
    private var isAtEnd = false
    private var packetsLeft: Int

    /// Reads a request body.
    /// - Parameters:
    ///   - body: the body, no longer than the shell lets through.
    ///   - maxPackets: most packets in it.
    /// - Throws: ``ParseError`` if the body is not UTF-8.
    package init(_ body: ByteBuffer, maxPackets: Int) throws(ParseError) {
        guard UTF8Validator.isValid(body) else { throw ParseError() }
        rest = body
        packetsLeft = maxPackets
    }

    /// The next packet.
    /// - Returns: `nil` behind the last one.
    /// - Throws: ``ParseError`` if it is malformed or one too many.
    package mutating func next() throws(ParseError) -> Packet? {
        guard !isAtEnd else { return nil }
        guard packetsLeft > 0 else { throw ParseError() }
        packetsLeft -= 1
        let (isBinary, end) = Self.element(in: rest.readableBytesSpan)
        isAtEnd = end == nil
        guard var element = rest.readSlice(length: end ?? rest.readableBytes) else { throw ParseError() }
        if end != nil { rest.moveReaderIndex(forwardBy: 1) }
        guard isBinary else { return try Packet(text: element) }
        element.moveReaderIndex(forwardBy: 1)
        guard let bytes = Base64.decode(element) else { throw ParseError() }
        return .message(.binary(bytes))
    }

    /// Whether the first element is a binary message, and where its separator stands if there is one.
    private static func element(in bytes: RawSpan) -> (isBinary: Bool, end: Int?) {
        (bytes.integer(at: 0, as: UInt8.self) == UInt8(ascii: "b"), bytes.offset(of: separator))
    }
}
