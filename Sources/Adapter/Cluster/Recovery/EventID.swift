/// Names an event in a recovery journal: which node sent it, and its number among that node's events.
///
/// Numbers of one node grow from event to event. In a journal that nodes share they are moments, in microseconds of
/// Redis' clock as the node knows it (or one more than the last), so that it can be told whether an event that is not
/// in the journal is too old to be.
///
/// As text, in which clients and nodes pass it on: the node tag, and the number as nine digits of base 64 in the alphabet
/// of ids.
public struct EventID: Sendable, Hashable {
    /// Length of the text, in characters.
    public static let length = NodeTag.length + numberLength
    /// Length of a number as text, in characters.
    public static let numberLength = 9
    /// Numbers have 54 bits: microseconds until the year 2540.
    public static let largestNumber: UInt64 = (1 << 54) - 1

    /// The six characters of the tag, as a number: so that ids are plain values; 0 for events of this process.
    let origin: UInt64
    /// Its number among the node's events, from 1.
    public let number: UInt64

    /// Names an event of a journal that is not shared.
    /// - Parameter number: its number.
    public init(number: UInt64) {
        origin = 0
        self.number = number
    }

    /// Names an event of a node.
    /// - Parameters:
    ///   - node: who sent it.
    ///   - number: its number among that node's events; at most ``largestNumber``.
    public init(node: NodeTag, number: UInt64) {
        self.init(origin: node.text.utf8.reduce(0) { $0 << 8 | UInt64($1) }, number: number)
    }

    init(origin: UInt64, number: UInt64) {
        self.origin = origin
        self.number = min(number, Self.largestNumber)
    }

    /// The number of a moment.
    /// - Parameter milliseconds: of Redis' clock.
    /// - Returns: the same in microseconds; at most the last thousand that ``largestNumber`` has room for.
    public static func number(atMilliseconds milliseconds: UInt64) -> UInt64 {
        min(milliseconds, largestNumber / 1_000) * 1_000
    }

    /// Another event of the same node.
    /// - Parameter number: its number.
    /// - Returns: its id.
    public func with(number: UInt64) -> EventID { EventID(origin: origin, number: number) }

    /// Whether two events are of the same node.
    /// - Parameter other: another event.
    /// - Returns: whether its node is this one's.
    public func hasOrigin(of other: EventID) -> Bool { origin == other.origin }
}

// MARK: - As text

extension EventID: CustomStringConvertible {
    /// The 15 characters.
    public var description: String {
        String(unsafeUninitializedCapacity: Self.length) { bytes in
            write(to: bytes, at: 0)
            return Self.length
        }
    }

    /// Reads an id.
    /// - Parameter text: exactly 15 characters of the alphabet; anything else gives `nil`.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == Self.length, let number = Self.number(bytes[NodeTag.length...]),
            bytes.prefix(NodeTag.length).allSatisfy({ Self.digits[Int($0)] < 64 })
        else { return nil }
        self.init(origin: bytes.prefix(NodeTag.length).reduce(0) { $0 << 8 | UInt64($1) }, number: number)
    }

    /// A number as text.
    /// - Parameter number: at most ``largestNumber``.
    /// - Returns: nine characters.
    public static func text(_ number: UInt64) -> String {
        String(unsafeUninitializedCapacity: numberLength) { bytes in
            write(number, to: bytes, at: 0)
            return numberLength
        }
    }

    /// Reads a number.
    /// - Parameter digits: nine characters of the alphabet; anything else gives `nil`.
    /// - Returns: the number.
    public static func number(_ digits: some Collection<UInt8>) -> UInt64? {
        guard digits.count == numberLength else { return nil }
        var number: UInt64 = 0
        for byte in digits {
            let digit = Self.digits[Int(byte)]
            guard digit < 64 else { return nil }
            number = number << 6 | UInt64(digit)
        }
        return number
    }

    /// Writes the text into a buffer that has room for it.
    func write(to bytes: UnsafeMutableBufferPointer<UInt8>, at start: Int) {
        for place in 0..<NodeTag.length {
            bytes[start + place] = UInt8(truncatingIfNeeded: origin >> UInt64(8 * (NodeTag.length - 1 - place)))
        }
        Self.write(number, to: bytes, at: start + NodeTag.length)
    }

    private static func write(_ number: UInt64, to bytes: UnsafeMutableBufferPointer<UInt8>, at start: Int) {
        var rest = number
        for place in (0..<numberLength).reversed() {
            bytes[start + place] = NodeTag.alphabet[Int(rest & 63)]
            rest >>= 6
        }
    }

    /// The value of each byte as a digit; 64 for what is none.
    private static let digits: [UInt8] = {
        var digits = [UInt8](repeating: 64, count: 256)
        for (value, byte) in NodeTag.alphabet.enumerated() { digits[Int(byte)] = UInt8(value) }
        return digits
    }()
}
