import EngineIO
import HTTPCodec
import NIOCore

/// A request to an engine.
struct EngineRequest: Sendable {
    let head: RequestHead
    let body: ByteBuffer?
    /// Who sent it, below HTTP.
    let peer: Peer

    /// What the layer above gets to know of the client.
    /// - Parameters:
    ///   - trustedProxies: how many forwarding entries are believed.
    ///   - issued: milliseconds since 1970.
    /// - Returns: the description.
    func handshake(trustedProxies: Int, issued: Int64) -> Handshake {
        Handshake(
            lines: head.fields.lines(after: head.target), address: address(trustedProxies: trustedProxies),
            secure: isSecure(trustedProxies: trustedProxies), issued: issued)
    }

    /// The client's address: of the entries in `X-Forwarded-For`, each proxy of ours has appended the address of its
    /// own peer, so the client's is as many from the right as there are proxies. An entry that is no address, such as
    /// `unknown`, leaves what is known for sure: the peer's.
    func address(trustedProxies: Int) -> String {
        entry(of: "x-forwarded-for", trustedProxies).flatMap { ForwardedEntry.address(of: $0) }?.description
            ?? peer.address
    }

    private func isSecure(trustedProxies: Int) -> Bool {
        guard let scheme = entry(of: "x-forwarded-proto", trustedProxies)?.lowercased() else { return peer.isSecure }
        return scheme == "https" || scheme == "wss"
    }

    /// The entry of a list that the outermost proxy of ours wrote.
    private func entry(of field: StaticString, _ trustedProxies: Int) -> String? {
        guard trustedProxies > 0 else { return nil }
        let entries = head.fields.list(field)
        return entries.isEmpty ? nil : entries[max(0, entries.count - trustedProxies)]
    }
}
