/// Who is at the other end of a connection, as far as it is known below HTTP.
struct Peer: Sendable {
    /// Address without port: of the TCP peer, or of the client that the PROXY protocol named; empty if it came over a
    /// unix socket.
    var address: String
    /// Whether the client reached us, or the proxy in front, over TLS.
    var isSecure = false
}
