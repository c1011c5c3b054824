extension RedisConfiguration {
    /// Reads a URL: `redis://[user[:password]@]host[:port][/database]` or `unix:///path/to/socket`.
    ///
    /// `redis://:password@host` has a password and no user. User and password may be percent-encoded. An IPv6 address
    /// stands in brackets. The port is 6379 and the database 0 unless given.
    /// - Parameter url: the URL.
    /// - Throws: ``RedisError/invalidConfiguration(_:)``, which says what is wrong and never repeats the password.
    public init(url: String) throws(RedisError) {
        guard let mark = url.firstRange(of: "://") else {
            throw .invalidConfiguration("a Redis URL begins with redis:// or unix://")
        }
        let rest = url[mark.upperBound...]
        switch url[..<mark.lowerBound].lowercased() {
        case "redis": try self.init(afterScheme: rest)
        case "unix":
            guard rest.hasPrefix("/"), rest.count > 1 else {
                throw .invalidConfiguration("unix:// is followed by an absolute path")
            }
            self.init(endpoint: .unixSocket(path: String(rest)))
        case "rediss": throw .invalidConfiguration("rediss:// (TLS) is not supported")
        default: throw .invalidConfiguration("a Redis URL begins with redis:// or unix://")
        }
        try validate()
    }

    private init(afterScheme rest: Substring) throws(RedisError) {
        guard !rest.contains(where: { $0 == "?" || $0 == "#" }) else {
            throw .invalidConfiguration("a Redis URL has no ? or # part")
        }
        let parts = rest.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let authority = parts.first ?? ""
        let at = authority.lastIndex(of: "@")
        let address = at.map { authority[authority.index(after: $0)...] } ?? authority
        self.init(endpoint: try Self.endpoint(address))
        if let at { try readCredentials(authority[..<at]) }
        if parts.count == 2, !parts[1].isEmpty {
            guard let number = Int(parts[1]) else {
                throw .invalidConfiguration("the path of a Redis URL is the number of a database")
            }
            database = number
        }
    }

    private mutating func readCredentials(_ text: Substring) throws(RedisError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = Self.percentDecoded(parts[0]) else {
            throw .invalidConfiguration("bad percent-encoding in the user name")
        }
        user = name.isEmpty ? nil : name
        if parts.count == 2 {
            guard let secret = Self.percentDecoded(parts[1]) else {
                throw .invalidConfiguration("bad percent-encoding in the password")
            }
            password = secret
        } else if user != nil {
            throw .invalidConfiguration("a user without a password")
        }
    }

    private static func endpoint(_ address: Substring) throws(RedisError) -> Endpoint {
        var host = address
        var port: Substring?
        if address.hasPrefix("[") {
            guard let end = address.firstIndex(of: "]") else { throw .invalidConfiguration("a [ without a ]") }
            host = address[address.index(after: address.startIndex)..<end]
            let rest = address[address.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { throw .invalidConfiguration("text after a ]") }
            port = rest.isEmpty ? nil : rest.dropFirst()
        } else if let colon = address.lastIndex(of: ":") {
            host = address[..<colon]
            port = address[address.index(after: colon)...]
        }
        guard !host.isEmpty else { throw .invalidConfiguration("a Redis URL names a host") }
        guard let number = port.map({ Int($0) }) ?? 6379 else {
            throw .invalidConfiguration("the port of a Redis URL is a number")
        }
        return .host(String(host), port: number)
    }

    private static func percentDecoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Substring(text).utf8
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst(), let low = rest.popFirst(),
                let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16)
            else { return nil }
            bytes.append(value)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
