/// Where a listener listens or a node is reached: an optional listener name, a host and a port.
///
/// Accepted forms are `meet=127.0.0.1:3001`, `127.0.0.1:3001`, `localhost:3000` and `[::1]:3000`.
public struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// The listener's name, such as `meet`; `nil` when the text had none.
    public let name: String?
    /// Host name or IP address, without brackets.
    public let host: String
    /// Port, 0–65535; 0 asks the kernel for a free one.
    public let port: Int

    /// An address from its parts.
    /// - Parameters:
    ///   - name: the listener's name, if it has one.
    ///   - host: host name or IP address, without brackets.
    ///   - port: port number.
    public init(name: String? = nil, host: String, port: Int) {
        self.name = name
        self.host = host
        self.port = port
    }

    /// An address from its text.
    /// - Parameter text: `host:port` or `name=host:port`; an IPv6 host stands in brackets. Anything else gives `nil`.
    public init?(_ text: String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.last, let colon = address.lastIndex(of: ":") else { return nil }
        let digits = address[address.index(after: colon)...]
        guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let port = Int(digits), port <= 65_535, let host = Self.host(address[..<colon])
        else { return nil }
        if parts.count == 2 {
            guard Self.isName(parts[0]) else { return nil }
            self.init(name: String(parts[0]), host: host, port: port)
        } else {
            self.init(host: host, port: port)
        }
    }

    /// The text form, as the initializer reads it.
    public var description: String {
        (name.map { $0 + "=" } ?? "") + (host.contains(":") ? "[\(host)]" : host) + ":\(port)"
    }

    private static func host(_ text: Substring) -> String? {
        if text.first == "[", text.last == "]", text.count > 2 { return String(text.dropFirst().dropLast()) }
        let isPlain = !text.isEmpty && !text.contains { ":[]/= ,".contains($0) }
        return isPlain ? String(text) : nil
    }

    /// Names of listeners become metric labels and keys of the configuration, so they are plain words.
    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
    }
}
