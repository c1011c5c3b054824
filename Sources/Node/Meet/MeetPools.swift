/// The pools of *meet*: divisions of the waiting queue, such as one for each campus or language. Only participants of one
/// pool are paired with each other; who names none waits in the common pool.
///
/// Clients name one as `pool` in the object form of `findChat`, or in an object as its third argument. A name that is not
/// known here is refused with ``Refusal/unknownPool``, and nothing is changed.
public struct MeetPools: Sendable, Equatable {
    /// Longest name, in characters.
    public static let nameLimit = 64
    /// Most names.
    public static let countLimit = 1_000

    private let names: Set<String>

    /// No pool but the common one.
    public init() { names = [] }

    /// The pools of these names.
    /// - Parameter names: each a ``isName(_:)``; the same on all nodes.
    /// - Throws: ``MeetConfigurationError`` when one is not, or when there are more than ``countLimit``.
    public init(_ names: [String]) throws(MeetConfigurationError) {
        guard names.allSatisfy(Self.isName) else {
            throw MeetConfigurationError(
                setting: "pools", problem: "must have names of 1 to \(Self.nameLimit) letters, digits, dots, - or _")
        }
        guard names.count <= Self.countLimit else {
            throw MeetConfigurationError(setting: "pools", problem: "must not be more than \(Self.countLimit)")
        }
        self.names = Set(names)
    }

    /// Whether a text can be the name of a pool.
    /// - Parameter text: any.
    /// - Returns: whether it has 1 to ``nameLimit`` characters of `A–Z a–z 0–9 . - _`.
    public static func isName(_ text: String) -> Bool {
        (1...nameLimit).contains(text.utf8.count) && text.utf8.allSatisfy(isNameByte)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// Whether clients may name a pool.
    /// - Parameter name: what the client said.
    /// - Returns: whether there is such a pool.
    public func contains(_ name: String) -> Bool { names.contains(name) }
}
