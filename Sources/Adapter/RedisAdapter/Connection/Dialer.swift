import NIOCore
import NIOPosix

/// Opens connections to servers and sentinels, with TLS if it is configured.
struct Dialer: Sendable {
    let configuration: RedisConfiguration
    let loop: any EventLoop

    /// Opens a connection.
    /// - Parameters:
    ///   - endpoint: to whom.
    ///   - handler: makes what reads and writes, on the loop.
    /// - Returns: the channel; TLS may still be shaking hands.
    /// - Throws: ``RedisError/invalidConfiguration(_:)`` if the files of TLS cannot be used, and errors of NIO.
    func dial(
        _ endpoint: RedisConfiguration.Endpoint, _ handler: @escaping @Sendable () -> any ChannelHandler
    ) async throws -> any Channel {
        let security = try configuration.tls.map { tls in (tls: tls, context: try tls.context()) }
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(TimeAmount(configuration.timing.connect))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let security {
                        try pipeline.addHandler(security.tls.handler(security.context, for: endpoint))
                    }
                    try pipeline.addHandler(handler())
                }
            }
        return switch endpoint {
        case .host(let host, let port): try await bootstrap.connect(host: host, port: port).get()
        case .unixSocket(let path): try await bootstrap.connect(unixDomainSocketPath: path).get()
        }
    }
}
