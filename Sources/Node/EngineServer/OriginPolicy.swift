/// Which web pages may use an engine: applied to polling requests and to WebSocket handshakes alike, since browsers do
/// not restrict WebSocket connections by themselves.
///
/// Source: the Fetch standard (CORS protocol) and RFC 6455, section 10.2.
public enum OriginPolicy: Sendable, Equatable {
    /// Every page.
    case any
    /// Pages of these origins, each written as `scheme://host` or `scheme://host:port`, in lower case.
    /// With `sameOrigin`, pages that came from this very host may connect, too.
    case list([String], sameOrigin: Bool = false)
    /// Pages that came from this very host: the host (and port) of `Origin` equals the `Host` header.
    case sameOrigin

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
            return origins.contains(origin.lowercased()) || (sameOrigin && Self.isSame(origin, host: host))
        case .sameOrigin:
            return Self.isSame(origin, host: host)
        }
    }

    private static func isSame(_ origin: String, host: String?) -> Bool {
        guard let host = host?.lowercased() else { return false }
        let origin = origin.lowercased()
        return origin == "http://\(host)" || origin == "https://\(host)"
    }
}
