public import ArgumentParser

/// The options of every process that serves clients itself: what its listeners speak, and what they put up with; include
/// it with `@OptionGroup` and read it by ``Settings/listeners(_:)``.
public struct ListenerOptions: ParsableArguments {
    /// Path of the certificate chain.
    @Option(help: "File of the certificate chain in PEM form: the listeners speak TLS. SIGHUP reads it again.")
    public var tlsCertificate: String?

    /// Path of the private key.
    @Option(help: "File of the certificate's private key in PEM form.")
    public var tlsKey: String?

    /// Whether connections begin with a header of the PROXY protocol.
    @Option(
        help: "Whether every connection begins with a header of the PROXY protocol: true or false. (default: false)")
    public var proxyProtocol: String?

    /// How often one address may open sessions.
    @Option(
        help: """
            Sessions that one address may open per second, RATE[:BURST]; over it handshakes are answered 429. (default: \
            no limit)
            """)
    public var handshakesPerAddress: String?

    /// How many connections one address may have.
    @Option(
        help: "Connections that one address may have at a time; not with --trusted-proxies. (default: no limit)")
    public var connectionsPerAddress: String?

    /// Time for a request head.
    @Option(help: "Milliseconds that a request's head, a TLS handshake or a PROXY header may take. (default: 10000)")
    public var headTimeout: String?

    /// Time for a request body.
    @Option(help: "Milliseconds that the body of a request may take. (default: 30000)")
    public var bodyTimeout: String?

    /// Time for a WebSocket message.
    @Option(help: "Milliseconds that a WebSocket message may take from its first byte. (default: 60000)")
    public var messageTimeout: String?

    /// For the argument parser.
    public init() {}
}
