/// Which web pages may use an engine: applied to polling requests and to WebSocket handshakes alike, since browsers do
/// not restrict WebSocket connections by themselves.
///
/// Source: the Fetch standard (CORS protocol) and RFC 6455, section 10.2.
public enum OriginPolicy: Sendable {
    /// Every page.
    case any
    /// Pages of these origins, each written as `scheme://host` or `scheme://host:port`, in lower case. The host may begin
    /// with `*.` for all names under it, the port may be `*`: `https://*.example.com`, `http://localhost:*`. The text
    /// `null` is the origin of pages that have none.
    /// With `sameOrigin`, pages that came from this very host may connect, too.
    case list([String], sameOrigin: Bool = false)
    /// Pages that came from this very host: the host (and port) of `Origin` equals the `Host` header.
    case sameOrigin
    /// Pages whose origin, as the `Origin` header has it, a function says yes to. It runs on the event loop, for every
    /// request: it must not block. What has to be asked elsewhere belongs into ``RequestHooks/allowRequest``.
    case function(@Sendable (_ origin: String) -> Bool)

    /// Whether a text can stand in a list.
    /// - Parameter text: an origin or a pattern of origins.
    /// - Returns: `true` if it can.
    public static func isOrigin(_ text: String) -> Bool {
        text == "null" || (text == text.lowercased() && OriginPattern(text) != nil)
    }

    /// Whether a page of this origin may connect.
    /// - Parameters:
    ///   - origin: the value of the `Origin` header.
    ///   - host: the host that the client asked for, as in the `Host` header.
    /// - Returns: `true` if it may.
    public func allows(_ origin: String, host: String?) -> Bool {
        switch self {
        case .any:
            return true
        case .list(let origins, let sameOrigin):
            return Self.lists(origins, origin.lowercased()) || (sameOrigin && Self.isSame(origin, host: host))
        case .sameOrigin:
            return Self.isSame(origin, host: host)
        case .function(let allows):
            return allows(origin)
        }
    }

    private static func lists(_ origins: [String], _ origin: String) -> Bool {
        if origins.contains(origin) { return true }
        let patterns = origins.filter { $0.utf8.contains(UInt8(ascii: "*")) }
        guard !patterns.isEmpty, let origin = OriginPattern(origin) else { return false }
        return patterns.contains { OriginPattern($0)?.matches(origin) == true }
    }

    private static func isSame(_ origin: String, host: String?) -> Bool {
        guard let host = host?.lowercased() else { return false }
        let origin = origin.lowercased()
        return origin == "http://\(host)" || origin == "https://\(host)"
    }
}
