/// A cookie with the session id, for load balancers that keep a session on one node by a cookie. Neither the engine nor
/// clients need it.
///
/// It is sent with the first response of a session: that to the first poll, or the 101 of a session that begins with
/// WebSocket (the reference server sends it to the first poll only).
///
/// Source: RFC 6265, section 4.1; names and defaults are those of the reference server.
public struct SessionCookie: Sendable, Equatable {
    /// To which requests of other sites browsers add a cookie.
    public enum SameSite: String, Sendable {
        /// None.
        case strict = "Strict"
        /// Navigation only.
        case lax = "Lax"
        /// All; browsers want ``SessionCookie/secure`` with it.
        case none = "None"
    }

    /// Name of the cookie. Default: `io`.
    public var name: String
    /// The path under which browsers send it; `nil` leaves it to the browser. Default: `/`.
    public var path: String? = "/"
    /// The domain whose hosts get it; `nil` is the very host that set it. Default: `nil`.
    public var domain: String?
    /// How long browsers keep it, in whole seconds; `nil` is until they are closed. Default: `nil`.
    public var maxAge: Duration?
    /// Whether scripts of the page cannot read it. Default: `true`.
    public var httpOnly = true
    /// Whether it is sent over TLS only. Default: `false`.
    public var secure = false
    /// Which requests of other sites carry it; `nil` leaves it to the browser. Default: ``SameSite/lax``.
    public var sameSite: SameSite? = .lax
    /// Whether browsers keep it apart for each site that embeds ours (`Partitioned`). Default: `false`.
    public var partitioned = false

    /// Creates a cookie with the defaults of the reference server.
    /// - Parameter name: its name. Default: `io`.
    public init(name: String = "io") {
        self.name = name
    }

    /// The header line that sets it.
    /// - Parameter value: the session id, which consists of characters that need no escape.
    /// - Returns: the line with its end.
    func line(value: String) -> String {
        var line = "set-cookie: \(name)=\(value)"
        if let maxAge { line += "; Max-Age=\(maxAge.components.seconds)" }
        if let domain { line += "; Domain=\(domain)" }
        if let path { line += "; Path=\(path)" }
        if httpOnly { line += "; HttpOnly" }
        if secure { line += "; Secure" }
        if partitioned { line += "; Partitioned" }
        if let sameSite { line += "; SameSite=\(sameSite.rawValue)" }
        return line + "\r\n"
    }

    /// Why it cannot be sent as it is; `nil` if it can.
    var problem: String? {
        let forbidden = "\"(),/:;<=>?@[\\]{}"
        guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !forbidden.utf8.contains($0) }) else {
            return "must have a name without blanks and separators"
        }
        let attributes = [path, domain].compactMap(\.self)
        guard attributes.allSatisfy({ $0.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ";") } })
        else {
            return "must have a path and a domain without semicolon and control characters"
        }
        if let maxAge, maxAge < .zero { return "must not have a negative maxAge" }
        if !secure, sameSite == SameSite.none { return "must be secure to be sameSite none" }
        if !secure, partitioned { return "must be secure to be partitioned" }
        return nil
    }
}
