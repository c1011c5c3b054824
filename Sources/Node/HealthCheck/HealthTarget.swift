package import Launch

/// Whom a health check asks.
package struct HealthTarget: Sendable, Hashable {
    /// What it connects to.
    package var place: ListenAddress.Place
    /// Whether TLS is spoken there. The certificate is not looked at: the question is whether the process answers.
    package var isTLS = false
    /// Whether connections begin with a header of the PROXY protocol there.
    package var beginsWithProxyHeader = false
    /// What is asked for; `nil` leaves it to the check.
    package var path: String?

    /// A listener of this machine.
    /// - Parameters:
    ///   - listener: where it listens; all addresses stand for the loopback interface.
    ///   - isTLS: whether it speaks TLS; default: not.
    ///   - beginsWithProxyHeader: whether it expects a header of the PROXY protocol; default: not.
    ///
    /// `nil` if the port is chosen by the kernel.
    package init?(listener: ListenAddress.Place, isTLS: Bool = false, beginsWithProxyHeader: Bool = false) {
        switch listener {
        case .tcp(_, 0): return nil
        case .tcp("0.0.0.0", let port): place = .tcp(host: "127.0.0.1", port: port)
        case .tcp("::", let port): place = .tcp(host: "::1", port: port)
        case .tcp, .unix: place = listener
        }
        self.isTLS = isTLS
        self.beginsWithProxyHeader = beginsWithProxyHeader
    }

    /// A target by its URL.
    /// - Parameter url: `http://HOST[:PORT][/PATH]`, the same with `https`, or `unix:/SOCKET`. Anything else gives `nil`.
    package init?(url: String) {
        if url.hasPrefix("unix:") {
            guard let address = ListenAddress(url), case .unix = address.place else { return nil }
            place = address.place
            return
        }
        let parts = url.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let scheme = parts.first, ["http", "https"].contains(scheme) else { return nil }
        isTLS = scheme == "https"
        let authority = parts[1].prefix { $0 != "/" }
        let hasPort = authority.last != "]" && authority.contains(":")
        guard let address = ListenAddress(authority + (hasPort ? "" : isTLS ? ":443" : ":80")), address.name == nil,
            let port = address.tcp?.port, port > 0
        else { return nil }
        place = address.place
        let rest = parts[1].dropFirst(authority.count)
        // Blanks and line feeds would end the head of the request.
        guard rest.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        path = rest.count > 1 ? String(rest) : nil
    }
}
