/// Where a listener listens or a node is reached: an optional listener name and a place.
///
/// Accepted forms are `meet=127.0.0.1:3001`, `127.0.0.1:3001`, `localhost:3000`, `[::1]:3000` and, for unix sockets,
/// `meet=unix:/run/meet.socket`.
public struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// Something that connections are made to.
    public enum Place: Sendable, Hashable {
        /// A host name or IP address, without brackets, and a port, 0–65535; 0 asks the kernel for a free one.
        case tcp(host: String, port: Int)
        /// The path of a unix socket.
        case unix(path: String)
    }

    /// The listener's name, such as `meet`; `nil` when the text had none.
    public let name: String?
    /// The place.
    public let place: Place

    /// An address from its parts.
    /// - Parameters:
    ///   - name: the listener's name, if it has one.
    ///   - place: the place.
    public init(name: String? = nil, _ place: Place) {
        self.name = name
        self.place = place
    }

    /// An address from its parts.
    /// - Parameters:
    ///   - name: the listener's name, if it has one.
    ///   - host: host name or IP address, without brackets.
    ///   - port: port number.
    public init(name: String? = nil, host: String, port: Int) {
        self.init(name: name, .tcp(host: host, port: port))
    }

    /// An address from its text.
    /// - Parameter text: a place or `name=place`; an IPv6 host stands in brackets. Anything else gives `nil`.
    public init?(_ text: String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard let last = parts.last, let place = Place(last) else { return nil }
        guard parts.count == 2 else {
            self.init(place)
            return
        }
        guard Self.isName(parts[0]) else { return nil }
        self.init(name: String(parts[0]), place)
    }

    /// Host and port; `nil` for a unix socket.
    public var tcp: (host: String, port: Int)? {
        if case .tcp(let host, let port) = place { (host, port) } else { nil }
    }

    /// The text form, as the initializer reads it.
    public var description: String {
        (name.map { $0 + "=" } ?? "") + "\(place)"
    }

    /// Names of listeners become metric labels and keys of the configuration, so they are plain words.
    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
    }
}

extension ListenAddress.Place: CustomStringConvertible {
    /// The text form, as addresses are read.
    public var description: String {
        switch self {
        case .tcp(let host, let port): (host.contains(":") ? "[\(host)]" : host) + ":\(port)"
        case .unix(let path): "unix:" + path
        }
    }

    fileprivate init?(_ text: Substring) {
        if text.hasPrefix("unix:") {
            let path = text.dropFirst("unix:".count)
            // The kernel takes 107 bytes.
            guard path.hasPrefix("/"), path.utf8.count <= 103 else { return nil }
            self = .unix(path: String(path))
        } else {
            guard let colon = text.lastIndex(of: ":"), let host = Self.host(text[..<colon]) else { return nil }
            let digits = text[text.index(after: colon)...]
            guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
                let port = Int(digits), port <= 65_535
            else { return nil }
            self = .tcp(host: host, port: port)
        }
    }

    private static func host(_ text: Substring) -> String? {
        if text.first == "[", text.last == "]", text.count > 2 { return String(text.dropFirst().dropLast()) }
        let isPlain = !text.isEmpty && !text.contains { ":[]/= ,".contains($0) }
        return isPlain ? String(text) : nil
    }
}
