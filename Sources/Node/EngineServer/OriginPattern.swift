/// An entry of a list of origins: `scheme://host` or `scheme://host:port`, in lower case. `*.` before the host stands for
/// one or more names in front of it, `*` in place of the port for every port and none.
///
/// | entry | is | is not |
/// |---|---|---|
/// | `https://example.com` | `https://example.com` | `https://www.example.com` |
/// | `https://*.example.com` | `https://www.example.com`, `https://a.b.example.com` | `https://example.com` |
/// | `http://localhost:*` | `http://localhost`, `http://localhost:5173` | `https://localhost` |
///
/// No more than that, so that a check takes one pass and nothing but a host can stand for the wildcard.
struct OriginPattern {
    private let scheme: Substring
    private let host: Substring
    private let port: Substring?

    /// Splits an entry, or an origin, into its parts.
    /// - Parameter text: the text in lower case; `nil` results if it has not the form of an origin.
    init?(_ text: String) {
        guard let mark = text.firstRange(of: "://") else { return nil }
        scheme = text[..<mark.lowerBound]
        let authority = text[mark.upperBound...]
        let afterAddress = authority.lastIndex(of: "]") ?? authority.startIndex
        if let colon = authority[afterAddress...].lastIndex(of: ":") {
            host = authority[..<colon]
            port = authority[authority.index(after: colon)...]
        } else {
            host = authority
            port = nil
        }
        guard !scheme.isEmpty, Self.isHost(host.hasPrefix("*.") ? host.dropFirst(2) : host),
            port.map(Self.isPort) != false
        else { return nil }
    }

    /// Whether an origin fits.
    /// - Parameter origin: the parts of an origin as a browser sent it, in lower case.
    /// - Returns: `true` if it does.
    func matches(_ origin: OriginPattern) -> Bool {
        guard scheme == origin.scheme, port == "*" || port == origin.port else { return false }
        guard host.hasPrefix("*.") else { return host == origin.host }
        let suffix = host.dropFirst()
        return origin.host.hasSuffix(suffix) && origin.host.utf8.count > suffix.utf8.count
    }

    private static func isHost(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"*/\\@?#,".utf8.contains($0) }
    }

    private static func isPort(_ text: Substring) -> Bool {
        text == "*" || (!text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    }
}
