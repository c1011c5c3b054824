import EngineIO
import NIOCore

/// Who is at the other end of a connection, as far as it is known below HTTP.
struct Peer: Sendable {
    private enum Source {
        case socket(SocketAddress?)
        case named(String)
    }

    private let source: Source
    /// Whether the client reached us, or the proxy in front, over TLS.
    var isSecure: Bool

    /// The peer of a socket.
    init(_ address: SocketAddress?, isSecure: Bool = false) {
        source = .socket(address)
        self.isSecure = isSecure
    }

    /// A client that the PROXY protocol named.
    init(address: String, isSecure: Bool = false) {
        source = .named(address)
        self.isSecure = isSecure
    }

    /// Address without port: of the TCP peer, or of the client that the PROXY protocol named; empty if it came over a
    /// unix socket. Made each time: of most connections nobody asks.
    var address: String {
        switch source {
        case .socket(.v4(let address)):
            // A `sockaddr_in`: family and port, 2 bytes each, then the address. What inet_ntop(3) does with it takes 2,800
            // instructions.
            withUnsafeBytes(of: address.address) { bytes in
                IPAddress(ipv4: UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
            }
            .description
        case .socket(let address): address?.ipAddress ?? ""
        case .named(let address): address
        }
    }
}
