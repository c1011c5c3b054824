package import NIOCore

/// The packets of one polling request of revision 3, read one by one.
///
/// A text payload is a row of `<length>:<packet>`, the length in UTF-16 code units, as JavaScript counts. A binary one
/// is a row of `<0 text, 1 binary><length, one byte per decimal digit><0xFF><packet>`, the length in bytes.
/// Source: Engine.IO protocol v3, "Payload".
package struct Version3Payload {
    /// Most digits of a length, so that it is a number that can be calculated with.
    private static let maxDigits = 10

    private var rest: ByteBuffer
    private let isBinary: Bool
    private var packetsLeft: Int

    /// Reads a request body.
    /// - Parameters:
    ///   - body: the body, no longer than the shell lets through.
    ///   - isBinary: whether it is a binary payload (`application/octet-stream`).
    ///   - maxPackets: most packets in it.
    ///   - client: who sent it: with JSONP, the body is a form.
    /// - Throws: ``ParseError`` if it is a text payload that is empty or not UTF-8, or a form without payload.
    package init(
        _ body: ByteBuffer, isBinary: Bool, maxPackets: Int, from client: Version3
    ) throws(ParseError) {
        self.isBinary = isBinary && client.callback == nil
        guard let payload = client.callback == nil ? body : JSONP.payload(of: body),
            self.isBinary || payload.readableBytes > 0 && UTF8Validator.isValid(payload)
        else { throw ParseError() }
        rest = payload
        packetsLeft = maxPackets
    }

    /// The next packet.
    /// - Returns: `nil` behind the last one.
    /// - Throws: ``ParseError`` if it is malformed, shorter than its length says, or one too many.
    package mutating func next() throws(ParseError) -> Packet? {
        while rest.readableBytes > 0 {
            guard packetsLeft > 0 else { throw ParseError() }
            packetsLeft -= 1
            if isBinary { return try nextOfBinary() }
            let packet = try nextOfText()
            // An empty payload is written as an empty packet.
            if packet.readableBytes > 0 { return try Packet(version3: packet) }
        }
        return nil
    }

    private mutating func nextOfText() throws(ParseError) -> ByteBuffer {
        let units = try readLength(zero: UInt8(ascii: "0"), end: UInt8(ascii: ":"))
        guard let length = UTF16Length.bytes(of: units, in: rest.readableBytesView),
            let packet = rest.readSlice(length: length)
        else { throw ParseError() }
        return packet
    }

    private mutating func nextOfBinary() throws(ParseError) -> Packet {
        let kind = rest.readInteger(as: UInt8.self)
        let length = try readLength(zero: 0, end: 0xFF)
        guard let packet = rest.readSlice(length: length) else { throw ParseError() }
        switch kind {
        case 0 where UTF8Validator.isValid(packet): return try Packet(version3: packet)
        case 1: return try Packet(version3Binary: packet)
        default: throw ParseError()
        }
    }

    private mutating func readLength(zero: UInt8, end: UInt8) throws(ParseError) -> Int {
        var length = 0
        for count in 0...Self.maxDigits {
            guard let byte: UInt8 = rest.readInteger() else { throw ParseError() }
            if byte == end, count > 0 { return length }
            guard byte >= zero, byte - zero < 10 else { throw ParseError() }
            length = length * 10 + Int(byte - zero)
        }
        throw ParseError()
    }
}

/// Lengths of UTF-8 text in UTF-16 code units: a character takes one, or two if it takes four bytes of UTF-8.
enum UTF16Length {
    /// The length of a text.
    /// - Parameter text: valid UTF-8.
    /// - Returns: its UTF-16 code units.
    static func units(of text: ByteBufferView) -> Int {
        text.reduce(into: 0) { $0 += units(startedBy: $1) }
    }

    /// How many bytes the beginning of a text takes.
    /// - Parameters:
    ///   - units: length of the beginning in UTF-16 code units.
    ///   - text: valid UTF-8.
    /// - Returns: `nil` if the text is shorter, or if its characters cannot be parted there.
    static func bytes(of units: Int, in text: ByteBufferView) -> Int? {
        // No text has more code units than bytes.
        guard units <= text.count else { return nil }
        var left = units
        for (offset, byte) in text.enumerated() {
            let units = Self.units(startedBy: byte)
            if left == 0, units > 0 { return offset }
            left -= units
            if left < 0 { return nil }
        }
        return left == 0 ? text.count : nil
    }

    private static func units(startedBy byte: UInt8) -> Int {
        switch byte {
        case 0x80..<0xC0: 0
        case 0xF0...: 2
        default: 1
        }
    }
}
