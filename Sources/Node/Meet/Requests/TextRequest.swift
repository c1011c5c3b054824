import SocketIO

/// What a client sends with `sendMessage` (applications, A.3, M-14): `(text, {pairId?}?)`.
struct TextRequest: Equatable {
    /// The text: not blank, no longer than allowed.
    let text: String
    /// The pair that the client meant, if it said so.
    let pairID: String?

    /// Reads the arguments.
    /// - Throws: ``Refusal/invalidPayload`` or ``Refusal/tooLarge``.
    init(_ arguments: Arguments, limit: Int) throws(Refusal) {
        // A code unit takes six bytes at most (`\u0000`): more need not be decoded.
        guard let size = arguments.size(at: 0) else { throw .invalidPayload }
        guard size <= limit * 6 + 2 else { throw .tooLarge }
        guard let text = arguments[0]?.string, !Self.isBlank(text) else { throw .invalidPayload }
        guard text.utf8.count <= limit || text.utf16.count <= limit else { throw .tooLarge }
        self.text = text
        pairID = try Self.pairID(arguments, at: 1)
    }

    /// Whether a text has nothing but white space. Most have an ASCII letter at their beginning.
    private static func isBlank(_ text: String) -> Bool {
        if let first = text.utf8.first, (0x21...0x7E).contains(first) { return false }
        return text.allSatisfy(\.isWhitespace)
    }

    /// The option `pairId` in an object at some place; absent is fine.
    /// - Throws: ``Refusal/invalidPayload`` if it is there and no string.
    static func pairID(_ arguments: Arguments, at index: Int) throws(Refusal) -> String? {
        guard let size = arguments.size(at: index), size <= FindRequest.sizeLimit else { return nil }
        return try pairID(in: arguments[index]?.object)
    }

    /// The option `pairId` of an object; absent is fine.
    /// - Throws: ``Refusal/invalidPayload`` if it is there and no string.
    static func pairID(in object: Value.Object?) throws(Refusal) -> String? {
        switch object?["pairId"] {
        case .none, .null: return nil
        case .string(let pairID): return pairID
        default: throw .invalidPayload
        }
    }
}
