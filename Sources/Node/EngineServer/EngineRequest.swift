import EngineIO
import NIOCore
import NIOHTTP1

/// A request to an engine.
struct EngineRequest: Sendable {
    let head: HTTPRequestHead
    let body: ByteBuffer
    /// Address of the TCP peer, without port.
    let peerAddress: String

    /// What the layer above gets to know of the client.
    /// - Parameters:
    ///   - query: the decoded query.
    ///   - trustedProxies: how many forwarding entries are believed.
    ///   - issued: milliseconds since 1970.
    /// - Returns: the description.
    func handshake(query: QueryString, trustedProxies: Int, issued: Int64) -> Handshake {
        Handshake(
            headers: head.headers.map { ($0.name.lowercased(), $0.value) }, query: query.items, url: head.uri,
            address: address(trustedProxies: trustedProxies), secure: isSecure(trustedProxies: trustedProxies),
            issued: issued)
    }

    /// The client's address: of the entries in `X-Forwarded-For`, each proxy of ours has appended the address of its
    /// own peer, so the client's is as many from the right as there are proxies.
    private func address(trustedProxies: Int) -> String {
        let entries = head.headers[canonicalForm: "x-forwarded-for"]
        guard trustedProxies > 0, !entries.isEmpty else { return peerAddress }
        return String(entries[max(0, entries.count - trustedProxies)])
    }

    private func isSecure(trustedProxies: Int) -> Bool {
        guard trustedProxies > 0, let scheme = head.headers[canonicalForm: "x-forwarded-proto"].first else {
            return false
        }
        return scheme.lowercased() == "https" || scheme.lowercased() == "wss"
    }
}
