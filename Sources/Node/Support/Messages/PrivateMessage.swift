import SocketIO

/// What a client sends with `mensaje_privado` (applications, B.5.4(1)): `{para, mensaje, idCliente?}`. Anything else in
/// it, such as a sender, is ignored.
struct PrivateMessage: Equatable {
    /// Name of the account that it is for, as the client wrote it, without blanks around it.
    let recipient: String
    /// The text: not blank, without control characters but line breaks and tabs.
    let text: String
    /// What the client calls the message, if it does.
    let clientID: String?

    /// Longest text in bytes of UTF-8: what the column takes.
    static let byteLimit = 65_535
    /// Longest name that a client may give a message, in characters.
    static let clientIDLimit = 64

    /// Reads the arguments.
    /// - Parameters:
    ///   - arguments: the arguments of the event.
    ///   - limit: longest text, in UTF-16 code units.
    /// - Throws: ``SupportRefusal/invalidData``.
    init(_ arguments: Arguments, limit: Int) throws(SupportRefusal) {
        // A code unit takes six bytes at most (`\u0000`): more need not be decoded.
        guard let size = arguments.size(at: 0), size <= limit * 6 + 4_096, arguments.attachments.isEmpty,
            let object = arguments[0]?.object, let recipient = object["para"]?.string,
            let written = object["mensaje"]?.string
        else { throw .invalidData }
        self.recipient = Self.trimmed(recipient)
        guard (1...SupportIdentity.nameLimit).contains(self.recipient.unicodeScalars.count),
            !self.recipient.unicodeScalars.contains(where: Self.isControl)
        else { throw .invalidData }
        text = Self.withoutControls(written)
        guard text.contains(where: { !$0.isWhitespace }), text.utf16.count <= limit, text.utf8.count <= Self.byteLimit
        else { throw .invalidData }
        clientID = try Self.clientID(object["idCliente"])
    }

    private static func clientID(_ value: Value?) throws(SupportRefusal) -> String? {
        switch value {
        case .none, .null: return nil
        case .string(let text) where (1...clientIDLimit).contains(text.unicodeScalars.count): return text
        default: throw .invalidData
        }
    }

    private static func trimmed(_ text: String) -> String {
        var text = text[...].drop { $0.isWhitespace }
        while text.last?.isWhitespace == true { text = text.dropLast() }
        return String(text)
    }

    private static func withoutControls(_ text: String) -> String {
        let kept: Set<Unicode.Scalar> = ["\n", "\r", "\t"]
        guard text.unicodeScalars.contains(where: { isControl($0) && !kept.contains($0) }) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.filter { !isControl($0) || kept.contains($0) }))
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    }
}
