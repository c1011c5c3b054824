/// The cookie that carries the token of the support chat: how it is found in a request, and how it is set
/// (applications, B.2 and B.3).
public struct SupportCookie: Sendable, Equatable {
    /// Its name. Default: `token`.
    public var name: String
    /// Whether browsers send it over HTTPS only (`Secure`). Default: `true`.
    public var isSecure: Bool

    /// Describes a cookie.
    /// - Parameters:
    ///   - name: its name; see ``isName(_:)``. Default: `token`.
    ///   - isSecure: whether browsers send it over HTTPS only. Default: `true`.
    public init(name: String = "token", isSecure: Bool = true) {
        self.name = name
        self.isSecure = isSecure
    }

    /// Whether a text can be a cookie's name: 1 to 64 letters, digits and `!#$%&'*+-.^_|~` or a grave accent (RFC 6265).
    /// - Parameter text: the text.
    /// - Returns: `true` if it can.
    public static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "!#$%&'*+-.^_`|~".contains($0)) }
    }

    /// The cookie's value in a request: of the first pair with exactly its name, without one pair of double quotes around
    /// it, percent-decoded if that is possible.
    /// - Parameter header: the header `Cookie`; several of them joined by `; `.
    /// - Returns: the value; `nil` if there is none, or an empty one.
    public func value(in header: String) -> String? {
        for pair in header.utf8.split(separator: UInt8(ascii: ";")) {
            guard let sign = pair.firstIndex(of: UInt8(ascii: "=")),
                Self.trimmed(pair[..<sign]).elementsEqual(name.utf8)
            else { continue }
            var value = Self.trimmed(pair[pair.index(after: sign)...])
            let quote = UInt8(ascii: "\"")
            if value.count > 1, value.first == quote, value.last == quote { value = value.dropFirst().dropLast() }
            let text = Self.percentDecoded(value) ?? String(decoding: value, as: UTF8.self)
            return text.isEmpty ? nil : text
        }
        return nil
    }

    /// The header `Set-Cookie` that gives a client a token.
    /// - Parameters:
    ///   - token: the token.
    ///   - lifetime: how long the client keeps it, in whole seconds.
    /// - Returns: the header's value.
    public func setting(_ token: String, lifetime: Duration) -> String {
        "\(name)=\(token); Max-Age=\(lifetime.components.seconds)" + attributes
    }

    /// The header `Set-Cookie` that takes the token from a client.
    public var clearing: String { "\(name)=; Max-Age=0" + attributes }

    private var attributes: String { "; Path=/; HttpOnly; SameSite=Lax" + (isSecure ? "; Secure" : "") }

    private static func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
        let blanks: Set<UInt8> = [UInt8(ascii: " "), UInt8(ascii: "\t")]
        var text = text.drop { blanks.contains($0) }
        while let last = text.last, blanks.contains(last) { text = text.dropLast() }
        return text
    }

    /// The text that percent-encoding stands for; `nil` if it is not valid.
    private static func percentDecoded(_ text: Substring.UTF8View) -> String? {
        var bytes: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            guard digits.count == 2, digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }),
                let decoded = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            else { return nil }
            bytes.append(decoded)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
