public import Logging
public import NIOCore
import NIOSSL
import Synchronization

/// The engines of an ``HTTPServer`` for connections that another server accepts: what belongs to a mount is answered
/// here, everything else goes on to handlers of that server, on the same connection and in the order of the requests.
///
/// The other server's handlers stand at the end of the channel's pipeline and read `HTTPServerRequestPart` and write
/// `HTTPServerResponsePart` (NIOHTTP1). They are added with the first request for them, so that a WebSocket costs here
/// what it costs in an ``HTTPServer``. Bodies go through them as they come, of any length; a body that arrives while an
/// earlier request of the same connection is still being answered waits, up to ``HTTPLimits/maxBodyBytes``.
///
/// When the channel that accepts connections closes, or a `ChannelShouldQuiesceEvent` comes, connections end as those of
/// an ``HTTPServer`` do: sessions are closed with `CloseReason.serverShuttingDown`, requests answered, and what is left
/// after ``HTTPLimits/shutdownTimeout`` is cut.
public final class HTTPPipeline: Sendable {
    /// Adds the other server's handlers at the end of a channel's pipeline. Called at most once, on its event loop.
    public typealias Others = @Sendable (any Channel) throws -> Void

    private let listener: Listener
    /// The accepting channels whose end is awaited.
    private let parents = Mutex<Set<ObjectIdentifier>>([])

    /// Prepares the pipeline of all connections of one server.
    /// - Parameters:
    ///   - mounts: what is served under fixed paths.
    ///   - limits: bounds of each connection.
    ///   - logger: where connections report to.
    public init(mounts: [Mount], limits: HTTPLimits = HTTPLimits(), logger: Logger) {
        listener = Listener(mounts: mounts, limits: limits, logger: logger)
    }

    /// Takes an accepted connection over, behind TLS if there is any. Called on its event loop, before anything is read.
    /// - Parameters:
    ///   - channel: the connection.
    ///   - others: adds the other server's handlers, when the first request for them has come.
    /// - Throws: what the channel throws if the connection has gone already.
    public func add(to channel: any Channel, others: @escaping Others) throws {
        if let parent = channel.parent { awaitEnd(of: parent) }
        // A client that closes its direction is gone; we would wait for its pong.
        try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: false)
        try HTTPServer.setOptions(of: channel)
        let tls = try? channel.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self)
        let peer = Peer(channel.remoteAddress, isSecure: tls != nil)
        listener.serve(channel, peer: peer, others: others)
    }

    private func awaitEnd(of parent: any Channel) {
        let key = ObjectIdentifier(parent)
        guard parents.withLock({ $0.insert(key).inserted }) else { return }
        parent.closeFuture.whenComplete { [self] _ in parents.withLock { _ = $0.remove(key) } }
        parent.eventLoop.execute { [listener] in
            do {
                try parent.pipeline.syncOperations.addHandler(AcceptanceEnd(listener))
            } catch {
                // It is closed already.
                _ = listener.drain(on: parent.eventLoop)
            }
        }
    }
}

/// Stands in the channel of another server that accepts connections and holds its end up until the sessions are closed:
/// who waits for the end of the server waits for the handlers of its sessions, too.
private final class AcceptanceEnd: ChannelOutboundHandler {
    typealias OutboundIn = Never

    private let listener: Listener
    private var hasEnded = false

    init(_ listener: Listener) {
        self.listener = listener
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        hasEnded = true
        listener.closeSessions(on: context.eventLoop).assumeIsolated().whenComplete { [listener] _ in
            context.close(mode: mode, promise: promise)
            _ = listener.closeConnections(on: context.eventLoop)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        // The channel failed.
        if !hasEnded { _ = listener.drain(on: context.eventLoop) }
    }
}
