import FoundationEssentials
public import Support

extension MariaDBConfiguration {
    /// Reads `mysql://user[:password]@host[:port]/database[?name=value&…]`; `mariadb://` is the same. All parts may be
    /// percent-encoded; an IPv6 address stands in brackets. The host may be missing where there is a socket. Names are:
    ///
    /// | name | value |
    /// |---|---|
    /// | `socket` | path of a Unix domain socket, in place of host and port |
    /// | `connections` | most connections, 1 to 1000 |
    /// | `tls` | `on`: TLS with the authorities of the system |
    /// | `ca` | PEM file of the authorities that are trusted; turns TLS on |
    /// | `certificate`, `key` | PEM files of the certificate shown to the server and its key; turn TLS on |
    ///
    /// - Parameter url: the URL.
    /// - Throws: `StoreSetupError`, which says what is wrong and does not repeat the URL, which may have a password.
    public init(url: String) throws(StoreSetupError) {
        guard let parts = URLComponents(string: url), ["mysql", "mariadb"].contains(parts.scheme), parts.fragment == nil
        else { throw StoreSetupError("a URL is mysql://user@host[:port]/database") }
        guard let user = parts.user, !user.isEmpty else { throw StoreSetupError("the URL names no user") }
        let database = parts.path.dropFirst()
        guard !database.isEmpty, !database.contains("/") else { throw StoreSetupError("the URL names no database") }
        self.init(user: user, database: String(database))
        password = parts.password
        for item in parts.queryItems ?? [] {
            guard let value = item.value, !value.isEmpty else { throw StoreSetupError("\(item.name) has no value") }
            try read(item.name, value)
        }
        if let host = parts.host, !host.isEmpty {
            self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        } else if socket == nil {
            throw StoreSetupError("the URL names no host")
        }
        if let number = parts.port {
            guard let port = UInt16(exactly: number), port > 0 else {
                throw StoreSetupError("the port is not within 1...65535")
            }
            self.port = port
        }
        guard (tls?.certificateFile == nil) == (tls?.keyFile == nil) else {
            throw StoreSetupError("certificate and key come together")
        }
    }

    private mutating func read(_ name: String, _ value: String) throws(StoreSetupError) {
        var tls = tls ?? TLS()
        switch name {
        case "socket":
            socket = value
            return
        case "connections":
            guard let number = Int(value), (1...1000).contains(number) else {
                throw StoreSetupError("connections is a number from 1 to 1000")
            }
            connections = number
            return
        case "tls": guard value == "on" else { throw StoreSetupError("tls is on, or left out") }
        case "ca": tls.authorityFile = value
        case "certificate": tls.certificateFile = value
        case "key": tls.keyFile = value
        default: throw StoreSetupError("\(name) is nothing that the URL of a database has")
        }
        self.tls = tls
    }
}
