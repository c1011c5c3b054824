/// What routing needs to know of a request: whose session it belongs to, if any.
public enum RequestKind: Sendable, Hashable {
    /// It belongs to the session with this id.
    case session(String)
    /// It opens a session.
    case handshake
    /// It has nothing to do with a session: a page, a health check, a preflight.
    case other

    /// Number of characters of the node tag that the session ids of our nodes begin with.
    public static let tagLength = 6

    /// Reads the kind from a request line.
    ///
    /// The session id is the first query item `sid`, as it is written: ids hold no character that needs escaping. An
    /// empty one counts as absent, as the reference server does. A preflight carries no session's state, and any node
    /// can answer it, so that a browser is told what happened rather than that it may not look.
    /// - Parameters:
    ///   - method: the request's method, in capitals.
    ///   - target: the request's target, for example `/socket.io/?EIO=4&transport=polling&sid=…`.
    public init(method: String, target: String) {
        self = .other
        guard method != "OPTIONS", let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return }
        var items = target[target.utf8.index(after: mark)...]
        // A fragment is not part of a request target, but cutting it keeps it from becoming part of an id.
        if let hash = items.utf8.firstIndex(of: UInt8(ascii: "#")) { items = items[..<hash] }
        for item in items.utf8.split(separator: UInt8(ascii: "&")) {
            if let id = Self.value(of: item, after: "sid="), !id.isEmpty {
                self = .session(id)
                return
            }
            if Self.value(of: item, after: "EIO=") != nil || Self.value(of: item, after: "transport=") != nil {
                self = .handshake
            }
        }
    }

    private static func value(of item: Substring.UTF8View, after name: StaticString) -> String? {
        let isNamed = name.withUTF8Buffer { item.starts(with: $0) }
        return isNamed ? String(Substring(item.dropFirst(name.utf8CodeUnitCount))) : nil
    }
}
