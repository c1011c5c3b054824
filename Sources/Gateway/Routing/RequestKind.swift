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
        guard method != "OPTIONS" else { return }
        let bytes = target.utf8Span.span
        var start = Self.offset(of: UInt8(ascii: "?"), in: bytes, from: 0, to: bytes.count) + 1
        // A fragment is not part of a request target, but cutting it keeps it from becoming part of an id.
        let end = Self.offset(of: UInt8(ascii: "#"), in: bytes, from: start, to: bytes.count)
        while start < end {
            let next = Self.offset(of: UInt8(ascii: "&"), in: bytes, from: start, to: end)
            let item = bytes.extracting(start..<next)
            if Self.has(item, "sid="), item.count > 4 {
                let id = item.extracting(4...)
                self = .session(id.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) })
                return
            }
            if Self.has(item, "EIO=") || Self.has(item, "transport=") { self = .handshake }
            start = next + 1
        }
    }

    /// The first offset of a byte within a range; the end of the range if it does not occur.
    private static func offset(of byte: UInt8, in bytes: Span<UInt8>, from start: Int, to end: Int) -> Int {
        var offset = start
        while offset < end, bytes[offset] != byte { offset += 1 }
        return offset
    }

    /// Whether bytes begin with a name.
    private static func has(_ item: Span<UInt8>, _ name: StaticString) -> Bool {
        guard item.count >= name.utf8CodeUnitCount else { return false }
        for index in 0..<name.utf8CodeUnitCount where item[index] != name.utf8Start[index] { return false }
        return true
    }
}
