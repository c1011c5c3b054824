/// Reads the answer to an Engine.IO handshake as far as a gateway must: the session's id.
public enum HandshakeAnswer {
    /// How many bytes of the body are enough.
    public static let prefixLength = 128
    /// Longest id that is believed.
    public static let longestID = 64

    /// Within how many bytes the open packet begins. Before it Engine.IO 3 has its length, as `96:` or in binary, and
    /// JSONP the call of a function.
    private static let longestPrefix = 48

    /// The session's id.
    /// - Parameter body: the first bytes of the answer to a polling handshake, such as `0{"sid":"…","upgrades":…`, the
    ///   same in a payload of Engine.IO 3, or `___eio[0]("96:0{\"sid\":\"…` of JSONP.
    /// - Returns: the id, or `nil` if this is no such answer.
    public static func sessionID(in body: some Sequence<UInt8>) -> String? {
        let bytes = Array(body.prefix(prefixLength))
        guard let packet = position(after: Array("0{".utf8), in: Array(bytes.prefix(longestPrefix))),
            let start = [#""sid":""#, #"\"sid\":\""#].lazy.compactMap({ position(after: Array($0.utf8), in: bytes) })
                .first,
            start > packet, let end = bytes[start...].firstIndex(where: { $0 == quote || $0 == backslash }),
            end > start, end - start <= longestID
        else { return nil }
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    private static let quote = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")

    private static func position(after pattern: [UInt8], in bytes: [UInt8]) -> Int? {
        guard bytes.count > pattern.count else { return nil }
        return (0..<(bytes.count - pattern.count)).first { bytes[$0...].starts(with: pattern) }.map {
            $0 + pattern.count
        }
    }
}
