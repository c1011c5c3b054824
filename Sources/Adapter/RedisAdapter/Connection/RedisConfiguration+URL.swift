extension RedisConfiguration {
    /// Reads a URL:
    ///
    /// | URL | Redis |
    /// |---|---|
    /// | `redis://[user[:password]@]host[:port][/database]` | one server |
    /// | `redis+sentinel://[…@]host[:port][,host[:port] …]/master[/database]` | the master that these sentinels know |
    /// | `redis+cluster://[…@]host[:port][,host[:port] …]` | the Redis Cluster that these servers are members of |
    /// | `unix://[…@]/path/to/socket[?db=database]` | one server at a Unix domain socket; `redis+unix` is the same |
    ///
    /// `rediss` in place of `redis` speaks TLS. `redis://:password@host` has a password and no user. User, password, the
    /// master's name and the path of a socket may be percent-encoded. An IPv6 address stands in brackets. The port is
    /// 6379, that of sentinels 26379, and the database 0 unless given. A user alone needs a ``password`` from elsewhere.
    /// - Parameter url: the URL.
    /// - Throws: ``RedisError/invalidConfiguration(_:)``, which says what is wrong and never repeats the password.
    public init(url: String) throws(RedisError) {
        let parts = try RedisURL(url)
        var path = parts.path[...]
        switch parts.kind {
        case .single:
            let endpoints = try parts.endpoints(port: 6379)
            guard endpoints.count == 1 else {
                throw .invalidConfiguration("redis:// names one server; see redis+sentinel:// and redis+cluster://")
            }
            self.init(endpoint: endpoints[0])
        case .sentinel:
            guard let master = path.popFirst().flatMap(RedisURL.percentDecoded) else {
                throw .invalidConfiguration("redis+sentinel://host/master names a master")
            }
            self.init(deployment: .sentinel(try parts.endpoints(port: 26379), master: master))
        case .cluster: self.init(deployment: .cluster(try parts.endpoints(port: 6379)))
        case .unixSocket: self.init(endpoint: try Self.unixSocket(parts, path.popFirst() ?? ""))
        }
        try readDatabase(path, parts)
        (user, password) = (parts.user, parts.password)
        if parts.isSecure { tls = TLS() }
        try validateAddressesAndLimits()
    }

    private static func unixSocket(_ parts: RedisURL, _ path: Substring) throws(RedisError) -> Endpoint {
        guard parts.addresses.isEmpty, path.count > 1, let path = RedisURL.percentDecoded(path) else {
            throw .invalidConfiguration("unix:// is followed by an absolute path")
        }
        return .unixSocket(path: path)
    }

    private mutating func readDatabase(_ path: ArraySlice<Substring>, _ parts: RedisURL) throws(RedisError) {
        var text = path.first
        if let query = parts.query {
            guard parts.kind == .unixSocket, query.hasPrefix("db=") else {
                throw .invalidConfiguration("a Redis URL has no ? part, except ?db=NUMBER behind the path of a socket")
            }
            text = query.dropFirst(3)
        }
        guard let text, !text.isEmpty else { return }
        guard path.count <= 1, let number = Int(text) else {
            throw .invalidConfiguration("a Redis URL ends with the number of a database")
        }
        database = number
    }
}
