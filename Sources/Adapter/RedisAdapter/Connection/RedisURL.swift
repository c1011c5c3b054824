/// The parts of a Redis URL: `scheme://[user[:password]@]address[,address …]/path[?name=value]`.
struct RedisURL {
    /// What the scheme says.
    enum Kind {
        case single
        case sentinel
        case cluster
        case unixSocket
    }

    let kind: Kind
    let isSecure: Bool
    let user: String?
    let password: String?
    /// Between credentials and path.
    let addresses: Substring
    /// Between the slashes behind the addresses; a Unix domain socket has one part, with its slashes.
    let path: [Substring]
    /// The part behind `?`.
    let query: Substring?

    private static let schemes: [String: (Kind, Bool)] = [
        "redis": (.single, false), "rediss": (.single, true),
        "redis+sentinel": (.sentinel, false), "rediss+sentinel": (.sentinel, true),
        "redis+cluster": (.cluster, false), "rediss+cluster": (.cluster, true),
        "unix": (.unixSocket, false), "redis+unix": (.unixSocket, false),
    ]

    init(_ url: String) throws(RedisError) {
        guard let mark = url.firstRange(of: "://"),
            let (kind, isSecure) = Self.schemes[url[..<mark.lowerBound].lowercased()]
        else {
            throw .invalidConfiguration(
                "a Redis URL begins with redis://, rediss://, redis+sentinel://, redis+cluster:// or unix://")
        }
        (self.kind, self.isSecure) = (kind, isSecure)
        var rest = url[mark.upperBound...]
        guard !rest.contains("#") else { throw .invalidConfiguration("a Redis URL has no # part") }
        query = rest.firstIndex(of: "?").map { rest[rest.index(after: $0)...] }
        rest = rest.prefix { $0 != "?" }
        let authority = rest.prefix { $0 != "/" }
        let at = authority.lastIndex(of: "@")
        addresses = at.map { authority[authority.index(after: $0)...] } ?? authority
        (user, password) = try at.map { at throws(RedisError) in try Self.credentials(authority[..<at]) } ?? (nil, nil)
        let tail = rest[authority.endIndex...]
        path =
            kind == .unixSocket
            ? [tail] : tail.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    }

    private static func credentials(_ text: Substring) throws(RedisError) -> (String?, String?) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = percentDecoded(parts[0]) else {
            throw .invalidConfiguration("bad percent-encoding in the user name")
        }
        guard parts.count == 2 else { return (name.isEmpty ? nil : name, nil) }
        guard let secret = percentDecoded(parts[1]) else {
            throw .invalidConfiguration("bad percent-encoding in the password")
        }
        return (name.isEmpty ? nil : name, secret)
    }

    /// The addresses, at least one.
    func endpoints(port: Int) throws(RedisError) -> [RedisConfiguration.Endpoint] {
        var endpoints: [RedisConfiguration.Endpoint] = []
        for address in addresses.split(separator: ",", omittingEmptySubsequences: false) {
            endpoints.append(try Self.endpoint(address, standard: port))
        }
        return endpoints
    }

    private static func endpoint(
        _ address: Substring, standard: Int
    ) throws(RedisError) -> RedisConfiguration.Endpoint {
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
        guard let number = port.map({ Int($0) }) ?? standard else {
            throw .invalidConfiguration("the port of a Redis URL is a number")
        }
        return .host(String(host), port: number)
    }

    /// Reads text in which any byte may be written as `%` and two hexadecimal digits; `nil` if it is not UTF-8 then.
    static func percentDecoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8
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
