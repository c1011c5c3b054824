public import NIOCore

/// The name of an event: bytes that can be compared, hashed and sent without making a `String`.
///
/// A name that came from a client shares the bytes of its packet, so keep a copy (``string``) rather than the name
/// itself for long. Names are the same when their bytes are, as in JavaScript.
public struct EventName: Sendable, Hashable {
    /// The name as a JSON string with its quotes, escaped no more than JSON asks: equal names have equal bytes.
    public let json: ByteBuffer

    /// Makes a name.
    /// - Parameter string: its text.
    public init(_ string: String) {
        var json = ByteBufferAllocator().buffer(capacity: string.utf8.count + 2)
        var writer = TextWriter()
        writer.append(string: string.utf8Span.span.bytes, to: &json)
        writer.flush(to: &json)
        self.init(canonical: json)
    }

    /// Takes a name from the first element of an event's payload; `nil` if that is neither a string nor a number, whose
    /// name is its JavaScript text.
    /// - Parameter json: JSON text of one value, already checked.
    init?(json: ByteBuffer) {
        let bytes = json.readableBytesSpan
        guard bytes.byteCount > 0 else { return nil }
        switch bytes.byte(at: 0) {
        case .quote:
            // Without escape sequences the text stands for itself. The quote at its end stops the search.
            if bytes.endOfPlainText(from: 1) == bytes.byteCount - 1 {
                self.init(canonical: json)
            } else {
                self.init(bytes.unescapedString(1..<(bytes.byteCount - 1)))
            }
        case .minus, .zero ... .nine:
            var text = ByteBuffer()
            bytes.number(0..<bytes.byteCount).writeJSON(to: &text)
            self.init(String(buffer: text))
        default:
            return nil
        }
    }

    /// Takes a name from JSON text that is a string without escape sequences.
    init(canonical json: ByteBuffer) { self.json = json }

    /// The same name in memory of its own.
    package var compacted: EventName { EventName(canonical: json.compacted) }

    /// Length of ``json`` in bytes, its quotes not counted.
    public var byteCount: Int { json.readableBytes - 2 }

    /// A number that equal names have in common and different ones hardly ever, made much faster than a hash value. Only
    /// for tables whose names the application has chosen: clients could make up names that collide.
    package var fingerprint: UInt64 {
        let bytes = json.readableBytesSpan
        var fingerprint: UInt64 = 0
        var offset = 0
        while offset + 8 <= bytes.byteCount {
            fingerprint = (fingerprint ^ bytes.word(at: offset)) &* Self.multiplier
            offset += 8
        }
        while offset < bytes.byteCount {
            fingerprint = (fingerprint ^ UInt64(bytes.byte(at: offset))) &* Self.multiplier
            offset += 1
        }
        return fingerprint ^ fingerprint >> 32
    }

    /// The golden ratio: odd, and its bits are spread.
    private static let multiplier: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// The name's text.
    public var string: String {
        let bytes = json.readableBytesSpan
        return bytes.unescapedString(1..<(bytes.byteCount - 1))
    }

    /// Whether the reference reserves the name for its own events, so that it cannot come from a client.
    public var isReserved: Bool {
        Self.isReserved(json.readableBytesSpan)
    }

    /// Whether a name is reserved.
    /// - Parameter json: the name, see ``json``; there is a byte behind the first one.
    /// - Returns: whether it is.
    static func isReserved(_ json: RawSpan) -> Bool {
        switch json.byte(at: 1) {
        case UInt8(ascii: "c"), UInt8(ascii: "d"), UInt8(ascii: "n"), UInt8(ascii: "r"):
            reserved.contains { json.equals(0..<json.byteCount, $0) }
        default: false
        }
    }

    private static let reserved: [StaticString] = [
        "\"connect\"", "\"connect_error\"", "\"disconnect\"", "\"disconnecting\"", "\"newListener\"",
        "\"removeListener\"",
    ]
}

extension EventName: ExpressibleByStringLiteral, CustomStringConvertible {
    /// A name from a literal.
    /// - Parameter value: its text.
    public init(stringLiteral value: String) { self.init(value) }
    /// The name's text.
    public var description: String { string }
}
