/// Which names a parent's namespaces may have, and what of a name the application wants to know.
///
/// `:name` stands for one or more characters other than `/` and captures them under that name (letters, digits and
/// `_`); `*` stands for the same and captures nothing; `**` at the end stands for one or more characters of any kind.
/// Everything else stands for itself. Each takes as little as it can.
///
/// ```swift
/// let pattern: NamespacePattern = "/tenant-:id/:room"
/// let captured = pattern.match("/tenant-7/lobby")  // ["id": "7", "room": "lobby"]
/// let none = pattern.match("/tenant-7")  // nil
/// ```
///
/// Matching takes time in proportion to the length of the name, whatever the client sends. (Patterns of Swift's `Regex`
/// do not promise that, and are not `Sendable`; see ``Server/namespaces(where:)`` for rules of any other kind.)
public struct NamespacePattern: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// A variable part and the literal text behind it.
    private struct Part: Hashable {
        var name: String?
        var mayContainSlash = false
        var literal: [UInt8] = []
    }

    /// The pattern as it was written, with its leading slash.
    public let description: String
    private let start: [UInt8]
    private let parts: [Part]

    /// Reads a pattern.
    /// - Parameter text: the pattern; a leading slash is added if there is none.
    public init(_ text: String) {
        description = Namespace.canonicalName(text)
        var literal: [UInt8] = []
        var start: [UInt8]?
        var parts: [Part] = []
        var rest = Array(description.utf8)[...]
        while let byte = rest.popFirst() {
            guard let part = Self.part(byte, &rest) else {
                literal.append(byte)
                continue
            }
            if parts.isEmpty { start = literal } else { parts[parts.count - 1].literal = literal }
            literal = []
            parts.append(part)
        }
        if parts.isEmpty { start = literal } else { parts[parts.count - 1].literal = literal }
        self.start = start ?? []
        self.parts = parts
    }

    /// Reads a pattern from a literal.
    /// - Parameter value: the pattern.
    public init(stringLiteral value: String) { self.init(value) }

    /// The variable part that begins with a byte, if it does; its bytes are taken.
    private static func part(_ first: UInt8, _ rest: inout ArraySlice<UInt8>) -> Part? {
        switch first {
        case UInt8(ascii: "*"):
            let takesAll = Array(rest) == [UInt8(ascii: "*")]
            if takesAll { rest = [] }
            return Part(mayContainSlash: takesAll)
        case UInt8(ascii: ":"):
            let name = rest.prefix(while: isNameByte)
            guard !name.isEmpty else { return nil }
            rest = rest.dropFirst(name.count)
            return Part(name: String(decoding: name, as: UTF8.self))
        default: return nil
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// Compares a name with the pattern.
    /// - Parameter name: the name of a namespace, with its leading slash.
    /// - Returns: what was captured, empty if the pattern captures nothing; `nil` if the name does not match.
    public func match(_ name: String) -> [String: String]? {
        var rest = Array(name.utf8)[...]
        guard rest.starts(with: start) else { return nil }
        rest = rest.dropFirst(start.count)
        var captured: [String: String] = [:]
        for (index, part) in parts.enumerated() {
            guard let length = Self.length(of: part, isLast: index == parts.count - 1, in: rest) else { return nil }
            if let name = part.name { captured[name] = String(decoding: rest.prefix(length), as: UTF8.self) }
            rest = rest.dropFirst(length + part.literal.count)
        }
        return rest.isEmpty ? captured : nil
    }

    /// How many bytes a part takes: at least one, and as few as its literal allows; the last one all but its literal.
    ///
    /// To take more is never worth a try: a slash that the next part would meet, this one would meet as well.
    private static func length(of part: Part, isLast: Bool, in rest: ArraySlice<UInt8>) -> Int? {
        let longest = rest.count - part.literal.count
        guard longest >= 1 else { return nil }
        let slash = part.mayContainSlash ? nil : rest.firstIndex(of: UInt8(ascii: "/"))
        let limit = min(longest, slash.map { $0 - rest.startIndex } ?? longest)
        if isLast {
            return limit == longest && rest.suffix(part.literal.count).elementsEqual(part.literal) ? longest : nil
        }
        guard limit >= 1 else { return nil }
        return (1...limit).first { rest.dropFirst($0).starts(with: part.literal) }
    }
}
