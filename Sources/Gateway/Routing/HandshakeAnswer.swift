/// Reads the answer to an Engine.IO handshake as far as a gateway must: the session's id.
public enum HandshakeAnswer {
    /// How many bytes of the body are enough.
    public static let prefixLength = 128
    /// Longest id that is believed.
    public static let longestID = 64

    /// The session's id.
    /// - Parameter body: the first bytes of the answer to a polling handshake, such as `0{"sid":"…","upgrades":…`.
    /// - Returns: the id, or `nil` if this is no such answer.
    public static func sessionID(in body: some Sequence<UInt8>) -> String? {
        let bytes = Array(body.prefix(prefixLength))
        guard bytes.first == UInt8(ascii: "0"), let start = position(after: Array(#""sid":""#.utf8), in: bytes),
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\"")), end > start, end - start <= longestID
        else { return nil }
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    private static func position(after pattern: [UInt8], in bytes: [UInt8]) -> Int? {
        guard bytes.count > pattern.count else { return nil }
        return (0..<(bytes.count - pattern.count)).first { bytes[$0...].starts(with: pattern) }.map {
            $0 + pattern.count
        }
    }
}
