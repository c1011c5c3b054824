extension RedisConfiguration {
    /// Where a Redis server, or a sentinel, listens.
    public enum Endpoint: Sendable, Hashable, CustomStringConvertible {
        /// TCP.
        case host(String, port: Int)
        /// A Unix domain socket.
        case unixSocket(path: String)

        /// As in a URL: `host:port`, an IPv6 address in brackets, or the path.
        public var description: String {
            switch self {
            case .host(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
            case .unixSocket(let path): path
            }
        }
    }
}

extension RedisConfiguration.Endpoint {
    /// What Redis and sentinels say: a host, perhaps empty, and a port.
    /// - Parameters:
    ///   - host: empty, `?` or `nil` where the server does not know it: then that of the server that was asked.
    ///   - port: within 1...65535.
    ///   - asked: who said it.
    init?(host: String?, port: Int64?, asked: Self) {
        guard let port, (1...65535).contains(port) else { return nil }
        if let host, !host.isEmpty, host != "?" {
            self = .host(host, port: Int(port))
        } else if case .host(let host, _) = asked {
            self = .host(host, port: Int(port))
        } else {
            return nil
        }
    }
}
