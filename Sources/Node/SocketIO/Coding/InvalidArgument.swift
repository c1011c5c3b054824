/// An argument of an event or an acknowledgement is not what is wanted.
public struct InvalidArgument: Error, Sendable, Equatable, CustomStringConvertible {
    /// Its place, from 0.
    public let index: Int
    /// Where inside of it, as in `items[2].name`; empty if the argument itself is meant. May contain keys that the peer
    /// chose.
    public let path: String
    /// What is wrong, as in `expected a string, found a number`; at most 200 characters. Says nothing of the value,
    /// unless a type's own `init(from:)` does.
    public let problem: String

    init(missing index: Int) {
        self.index = index
        path = ""
        problem = "is missing"
    }

    init(index: Int, _ error: DecodingError) {
        self.index = index
        var keys: [any CodingKey]
        let text: String
        switch error {
        case .keyNotFound(let key, let context):
            keys = context.codingPath + [key]
            text = "is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            keys = context.codingPath
            text = context.debugDescription
        @unknown default:
            keys = []
            text = "is not valid"
        }
        path = Self.path(keys)
        problem = String(text.prefix(200))
    }

    /// One line, with the argument counted from 1: `argument 1, items[2].name: expected a string, found a number`.
    public var description: String { "argument \(index + 1)\(path.isEmpty ? "" : ", " + path): \(problem)" }

    private static func path(_ keys: [any CodingKey]) -> String {
        let path = keys.reduce(into: "") { path, key in
            if let index = key.intValue {
                path += "[\(index)]"
            } else {
                path += (path.isEmpty ? "" : ".") + key.stringValue.prefix(100)
            }
        }
        return String(path.prefix(200))
    }
}
