import EngineIO
import NIOHTTP1

/// Who sent a request to a responder, as far as the proxies in front can be believed.
package struct RequestClient: Sendable, Equatable {
    /// Address without port; empty over a unix socket.
    package var address: String
    /// What limits count by: the address itself with IPv4, its first 64 bits with IPv6.
    package var site: String
    /// Whether the client reached us, or the outermost proxy of ours, over TLS.
    package var isSecure: Bool
    /// The host that the client asked for, with its port if it named one.
    package var host: String?
}

extension HTTPServerRequest {
    /// Reads who sent the request. Each proxy of ours has appended an entry to the forwarding fields, so the client's is
    /// as many from the right as there are proxies; what is no address leaves the peer's.
    /// - Parameter trustedProxies: how many proxies in front are ours.
    /// - Returns: the client.
    package func client(trustedProxies: Int) -> RequestClient {
        let forwarded = entry(of: "x-forwarded-for", trustedProxies).flatMap { ForwardedEntry.address(of: $0) }
        let address = forwarded ?? IPAddress(remoteAddress)
        let scheme = entry(of: "x-forwarded-proto", trustedProxies)?.lowercased()
        let host = trustedProxies > 0 ? head.headers.first(name: "x-forwarded-host") : nil
        return RequestClient(
            address: forwarded?.description ?? remoteAddress, site: address?.site.description ?? remoteAddress,
            isSecure: scheme.map { $0 == "https" || $0 == "wss" } ?? isSecure,
            host: host ?? head.headers.first(name: "host"))
    }

    /// The entry of a list that the outermost proxy of ours wrote.
    private func entry(of field: String, _ trustedProxies: Int) -> Substring? {
        guard trustedProxies > 0 else { return nil }
        let entries = head.headers[canonicalForm: field]
        return entries.isEmpty ? nil : entries[max(0, entries.count - trustedProxies)]
    }
}
