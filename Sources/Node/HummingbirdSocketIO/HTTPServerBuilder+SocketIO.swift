import Cluster
public import EngineServer
public import HummingbirdCore
public import Logging
public import SocketServer

extension HTTPServerBuilder {
    /// Builds a server that speaks HTTP/1.1 and Socket.IO on one port.
    ///
    /// ```swift
    /// let io = SocketServer.Server(group: MultiThreadedEventLoopGroup.singleton)
    /// io.namespace().on("hello") { event in event.acknowledge("world") }
    ///
    /// let router = Router()
    /// router.get("/") { _, _ in "a page" }
    /// let app = Application(router: router, server: .socketIO(io))
    /// try await app.runService()
    /// ```
    ///
    /// TLS goes around it as around `.http1()`: `server: try .tls(.socketIO(io), tlsConfiguration: tls)`.
    ///
    /// A graceful shutdown of the application ends the sessions with the reason `server shutting down`.
    /// - Parameters:
    ///   - server: the Socket.IO server, made for the event loops of the application.
    ///   - path: where clients find it. Default: `/socket.io/`, as theirs.
    ///   - configuration: settings of its engine; wrong ones end the start of the application.
    ///   - limits: bounds of each connection.
    /// - Returns: the builder.
    public static func socketIO(
        _ server: SocketServer.Server, path: String = "/socket.io/",
        configuration: EngineConfiguration = EngineConfiguration(), limits: HTTPLimits = HTTPLimits()
    ) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in
            try configuration.validate()
            let engine = Engine(
                configuration: configuration, nodeTag: server.nodeTag.text, loops: server.loops, acceptor: server,
                logger: server.logger)
            let pipeline = HTTPPipeline(
                mounts: [.engine(path: path, engine)], limits: limits, logger: server.logger)
            return SocketIOChannel(pipeline, responder: responder)
        }
    }

    /// Builds a server that speaks HTTP/1.1, and Socket.IO by an engine of one's own, for example because its metrics
    /// are wanted.
    /// - Parameters:
    ///   - engine: the engine, made for the event loops of the application.
    ///   - path: where clients find it. Default: `/socket.io/`, as theirs.
    ///   - limits: bounds of each connection.
    ///   - logger: where connections report to.
    /// - Returns: the builder.
    public static func socketIO(
        _ engine: Engine, path: String = "/socket.io/", limits: HTTPLimits = HTTPLimits(), logger: Logger
    ) -> HTTPServerBuilder {
        socketIO(mounts: [.engine(path: path, engine)], limits: limits, logger: logger)
    }

    /// Builds a server that speaks HTTP/1.1, and the protocols of engines under several paths.
    /// - Parameters:
    ///   - mounts: the engines and their paths.
    ///   - limits: bounds of each connection.
    ///   - logger: where connections report to.
    /// - Returns: the builder.
    public static func socketIO(
        mounts: [Mount], limits: HTTPLimits = HTTPLimits(), logger: Logger
    ) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in
            SocketIOChannel(
                HTTPPipeline(mounts: mounts, limits: limits, logger: logger), responder: responder)
        }
    }
}
