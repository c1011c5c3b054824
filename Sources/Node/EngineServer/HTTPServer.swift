import EngineIO
public import Logging
public import NIOCore
public import NIOPosix
public import ServiceLifecycle
import Synchronization

/// An HTTP/1.1 listener with engines, a responder for everything else, and nothing more.
///
/// ```swift
/// let server = HTTPServer(
///     listener: "meet", host: "127.0.0.1", port: 3001, mounts: [.engine(path: "/socket.io/", engine)],
///     responder: nil, group: group, logger: logger)
/// try await server.run()
/// ```
///
/// A graceful shutdown stops accepting, closes idle connections and the sessions of the mounted engines (with
/// `CloseReason.serverShuttingDown`), and gives what is still being answered ``HTTPLimits/shutdownTimeout``.
public final class HTTPServer: Service, Sendable {
    private let configuration: ListenerConfiguration
    let listener: Listener
    private let group: MultiThreadedEventLoopGroup
    private let logger: Logger
    private let bound = Mutex<EventLoopFuture<any Channel>?>(nil)

    /// Creates a server; nothing is opened before ``bind()`` or ``run()``.
    /// - Parameters:
    ///   - configuration: where it listens, and what each connection may do.
    ///   - mounts: what is served under fixed paths.
    ///   - responder: answers all other requests; without one they get 404.
    ///   - group: the event loops of the connections. For engines to work without hops their loops are those of this
    ///     group.
    ///   - logger: where the server reports to.
    public init(
        _ configuration: ListenerConfiguration, mounts: [Mount], responder: (any HTTPResponder)?,
        group: MultiThreadedEventLoopGroup, logger: Logger
    ) {
        self.configuration = configuration
        self.group = group
        self.logger = logger
        self.listener = Listener(configuration, mounts: mounts, responder: responder, logger: logger)
    }

    /// Creates a server that speaks plain HTTP on a TCP port.
    /// - Parameters:
    ///   - name: the listener's name, for the log.
    ///   - host: address to listen on.
    ///   - port: port to listen on; 0 lets the system choose one.
    ///   - mounts: what is served under fixed paths.
    ///   - responder: answers all other requests; without one they get 404.
    ///   - group: the event loops of the connections.
    ///   - limits: bounds of each connection.
    ///   - logger: where the server reports to.
    public convenience init(
        listener name: String, host: String, port: Int, mounts: [Mount], responder: (any HTTPResponder)?,
        group: MultiThreadedEventLoopGroup, limits: HTTPLimits = HTTPLimits(), logger: Logger
    ) {
        var configuration = ListenerConfiguration(name: name, address: .tcp(host: host, port: port))
        configuration.limits = limits
        self.init(configuration, mounts: mounts, responder: responder, group: group, logger: logger)
    }

    /// What the server has done with its connections so far.
    public var metrics: ListenerMetrics { listener.metrics }

    /// Opens the listening socket. Connections are served from now on.
    /// - Returns: the address, with the port that the system chose if 0 was asked for.
    /// - Throws: an `IOError` or a `SocketAddressError` if the address cannot be used, for example because the port is
    ///   taken.
    @discardableResult
    public func bind() async throws -> SocketAddress {
        let channel = try await serverChannel()
        guard let address = channel.localAddress else { throw ChannelError.unknownLocalAddress }
        return address
    }

    /// Serves until a graceful shutdown or cancellation.
    /// - Throws: what ``bind()`` throws.
    public func run() async throws {
        let channel = try await serverChannel()
        let file = unixSocketFile
        await withTaskCancellationOrGracefulShutdownHandler {
            try? await channel.closeFuture.get()
        } onCancelOrGracefulShutdown: {
            channel.close(promise: nil)
        }
        file?.remove()
        try? await listener.drain(on: group.next()).get()
    }

    private var unixSocketFile: UnixSocketFile? {
        guard case .unix(let path) = configuration.address else { return nil }
        return UnixSocketFile(at: path)
    }

    private func serverChannel() async throws -> any Channel {
        // Whoever comes first binds; others, also those that come meanwhile, share the outcome.
        let (binding, isFirst) = bound.withLock { bound in
            if let bound { return (bound, false) }
            let binding = startBinding()
            bound = binding
            return (binding, true)
        }
        let channel = try await binding.get()
        guard isFirst else { return channel }
        logger.info(
            "listening",
            metadata: [
                "listener": "\(configuration.name)",
                "address": "\(channel.localAddress.map(String.init(describing:)) ?? "")",
            ])
        return channel
    }

    private func startBinding() -> EventLoopFuture<any Channel> {
        switch configuration.address {
        case .tcp(let host, let port):
            bootstrap().bind(host: host, port: port)
        case .unix(let path):
            UnixSocketFile.removeStale(at: path, on: group.next()).flatMap {
                self.bootstrap().bind(unixDomainSocketPath: path)
            }
        }
    }

    private func bootstrap() -> ServerBootstrap {
        let listener = listener
        return ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // Connections inherit it. Unix sockets do without.
            .serverChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Acceptor(listener))
                }
            }
    }

    /// Sets how a connection is read. Called on its event loop.
    /// - Parameter channel: the connection.
    /// - Throws: what the channel throws if it is closed already.
    static func setOptions(of channel: any Channel) throws {
        try channel.syncOptions?.setOption(.recvAllocator, value: ReceiveBuffers())
    }
}
