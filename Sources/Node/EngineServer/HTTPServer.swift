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
    private let name: String
    private let host: String
    private let port: Int
    private let listener: Listener
    private let group: MultiThreadedEventLoopGroup
    private let logger: Logger
    private let bound = Mutex<EventLoopFuture<any Channel>?>(nil)

    /// Creates a server; nothing is opened before ``bind()`` or ``run()``.
    /// - Parameters:
    ///   - name: the listener's name, for the log.
    ///   - host: address to listen on.
    ///   - port: port to listen on; 0 lets the system choose one.
    ///   - mounts: what is served under fixed paths.
    ///   - responder: answers all other requests; without one they get 404.
    ///   - group: the event loops of the connections. For engines to work without hops their loops are those of this
    ///     group.
    ///   - limits: bounds of each connection.
    ///   - logger: where the server reports to.
    public init(
        listener name: String, host: String, port: Int, mounts: [Mount], responder: (any HTTPResponder)?,
        group: MultiThreadedEventLoopGroup, limits: HTTPLimits = HTTPLimits(), logger: Logger
    ) {
        self.name = name
        self.host = host
        self.port = port
        self.group = group
        self.logger = logger
        self.listener = Listener(mounts: mounts, responder: responder, limits: limits, logger: logger)
    }

    /// Opens the listening socket. Connections are served from now on.
    /// - Returns: the address, with the port that the system chose if 0 was asked for.
    /// - Throws: an `IOError` if the address cannot be used, for example because the port is taken.
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
        await withTaskCancellationOrGracefulShutdownHandler {
            try? await channel.closeFuture.get()
        } onCancelOrGracefulShutdown: {
            channel.close(promise: nil)
        }
        try? await listener.drain(on: group.next()).get()
    }

    private func serverChannel() async throws -> any Channel {
        // Whoever comes first binds; others, also those that come meanwhile, share the outcome.
        let (binding, isFirst) = bound.withLock { bound in
            if let bound { return (bound, false) }
            let binding = bootstrap().bind(host: host, port: port)
            bound = binding
            return (binding, true)
        }
        let channel = try await binding.get()
        guard isFirst else { return channel }
        logger.info(
            "listening",
            metadata: ["listener": "\(name)", "address": "\(channel.localAddress.map(String.init(describing:)) ?? "")"])
        return channel
    }

    private func bootstrap() -> ServerBootstrap {
        let listener = listener
        return ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.recvAllocator, value: Self.receiveBuffers)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try listener.accept(channel) }
            }
    }

    /// Small buffers for the many connections that are idle; a busy connection's buffer grows with what it reads.
    static var receiveBuffers: AdaptiveRecvByteBufferAllocator {
        AdaptiveRecvByteBufferAllocator(minimum: 64, initial: 512, maximum: 65_536)
    }
}
