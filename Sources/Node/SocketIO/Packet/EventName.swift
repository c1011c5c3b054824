public import NIOCore

/// The name of an event: bytes that can be compared, hashed and sent without making a `String`.
///
/// A name that came from a client shares the bytes of its packet, so keep a copy (``string``) rather than the name
/// itself for long. Names are the same when their bytes are, as in JavaScript.
public struct EventName: Sendable, Hashable {
    /// The name in UTF-8, without quotes and escape sequences.
    public let utf8: ByteBuffer

    /// Makes a name.
    /// - Parameter string: its text.
    public init(_ string: String) { self.init(utf8: ByteBuffer(string: string)) }

    private init(utf8: ByteBuffer) { self.utf8 = utf8 }

    /// Takes a name from the first element of an event's payload; `nil` if that is neither a string nor a number, whose
    /// name is its JavaScript text.
    /// - Parameter json: JSON text of one value, already checked.
    init?(json: ByteBuffer) {
        let bytes = json.readableBytesSpan
        guard bytes.byteCount > 0 else { return nil }
        switch bytes.byte(at: 0) {
        case .quote:
            let body = 1..<(bytes.byteCount - 1)
            if bytes.hasEscape(body) {
                self.init(bytes.unescapedString(body))
            } else {
                self.init(utf8: json.slice(body))
            }
        case .minus, .zero ... .nine:
            var text = ByteBuffer()
            bytes.number(0..<bytes.byteCount).writeJSON(to: &text)
            self.init(utf8: text)
        default:
            return nil
        }
    }

    /// The name's text.
    public var string: String { utf8.readableBytesSpan.string(0..<utf8.readableBytes) }

    /// Whether the reference reserves the name for its own events, so that it cannot come from a client.
    public var isReserved: Bool {
        let bytes = utf8.readableBytesSpan
        for name in Self.reserved where bytes.equals(0..<bytes.byteCount, name) { return true }
        return false
    }

    private static let reserved: [StaticString] = [
        "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener",
    ]
}

extension EventName: ExpressibleByStringLiteral, CustomStringConvertible {
    /// A name from a literal.
    /// - Parameter value: its text.
    public init(stringLiteral value: String) { self.init(value) }
    /// The name's text.
    public var description: String { string }
}

extension RawSpan {
    /// Whether a string body has escape sequences.
    fileprivate func hasEscape(_ range: Range<Int>) -> Bool {
        endOfPlainText(from: range.lowerBound) < range.upperBound
    }
}
