/// Names one incarnation of a node: 6 characters of the URL-safe base 64 alphabet, drawn at start.
///
/// Session ids and socket ids begin with the tag of the node that owns them, so that gateways and nodes route by
/// reading (architecture, section 4).
public struct NodeTag: Sendable, Hashable, CustomStringConvertible {
    /// Number of characters of a tag.
    public static let length = 6
    /// The alphabet of ids, in the order of its 6-bit values: `A–Z a–z 0–9 - _`.
    public static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// The value of a character of an id.
    /// - Parameter character: ASCII.
    /// - Returns: 0 to 63; `nil` if it is not in ``alphabet``.
    public static func index(of character: UInt8) -> Int? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(character - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(character - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(character - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }

    /// The six characters.
    public let text: String

    /// A tag from its text.
    /// - Parameter text: exactly six characters of the alphabet; anything else gives `nil`.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count == Self.length, text.utf8.allSatisfy({ Self.index(of: $0) != nil })
        else { return nil }
        self.text = String(text)
    }

    /// The tag that an id begins with.
    /// - Parameter id: a session id or socket id of ours.
    public init?(owning id: String) {
        self.init(id.utf8.count > Self.length ? String(id.prefix(Self.length)) : "")
    }

    /// Draws a new tag.
    /// - Parameter generator: source of randomness.
    public init(using generator: inout some RandomNumberGenerator) {
        text = Self.characters(Self.length, using: &generator)
    }

    /// Random characters of the id alphabet, 6 bits each.
    public static func characters(_ count: Int, using generator: inout some RandomNumberGenerator) -> String {
        String(decoding: (0..<count).map { _ in alphabet[Int(generator.next(upperBound: UInt8(64)))] }, as: UTF8.self)
    }

    /// The six characters.
    public var description: String { text }
}
