import Logging
import NIOHTTP1

/// Header fields that the application gave, as lines `name: value\r\n`.
///
/// Left out are fields that the server itself writes, and fields that would break the message into two: their names are
/// no tokens or their values contain line breaks (RFC 9110, section 5).
struct HeaderLines {
    private(set) var text = ""

    /// Writes the lines.
    /// - Parameters:
    ///   - headers: the fields.
    ///   - logger: is told of dangerous fields.
    init(_ headers: HTTPHeaders, _ logger: Logger? = nil) {
        for (name, value) in headers {
            guard Self.isToken(name), Self.isSafe(value) else {
                logger?.warning("header field refused", metadata: ["name": "\(name)"])
                continue
            }
            if !Self.ownNames.contains(name.lowercased()) { text += "\(name): \(value)\r\n" }
        }
    }

    private static let ownNames: Set = [
        "content-length", "transfer-encoding", "connection", "upgrade", "sec-websocket-accept",
        "sec-websocket-extensions", "sec-websocket-protocol",
    ]

    private static func isToken(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }

    private static func isSafe(_ value: String) -> Bool {
        !value.utf8.contains { $0 == 0x0D || $0 == 0x0A || $0 == 0 }
    }
}

extension HTTPHeaders {
    /// Reads lines of our own.
    init(lines: String) {
        self.init()
        for line in lines.split(separator: "\r\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            add(name: String(line[..<colon]), value: String(line[line.index(after: colon)...].drop { $0 == " " }))
        }
    }
}
