import EngineIO
import EngineServer
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

/// The examples of the articles of `EngineServer`, to be compiled. Nothing here is called.
struct EngineServerSamples {
    let group: MultiThreadedEventLoopGroup
    let loops: [any EventLoop]
    let logger: Logger

    func overview(tag: (text: String, Void), acceptor: any SessionAcceptor, pages: any HTTPResponder) async throws {
        var configuration = EngineConfiguration()
        configuration.pingInterval = .seconds(20)
        try configuration.validate()

        let engine = Engine(
            configuration: configuration, nodeTag: tag.text, loops: loops, acceptor: acceptor, logger: logger)
        let server = HTTPServer(
            listener: "chat", host: "0.0.0.0", port: 3000, mounts: [.engine(path: "/socket.io/", engine)],
            responder: pages, group: group, logger: logger)
        try await server.run()
    }

    func listening(engine: Engine) throws -> [any Service] {
        let port = ListenerConfiguration(name: "chat", address: .tcp(host: "0.0.0.0", port: 3000))
        let file = ListenerConfiguration(name: "local", address: .unix(path: "/run/chat/socket"))
        let mounts: [Mount] = [.engine(path: "/socket.io/", engine)]
        let servers = [port, file].map { listener in
            HTTPServer(listener, mounts: mounts, responder: nil, group: group, logger: logger)
        }

        let identity = try TLSIdentity(certificateFile: "chain.pem", keyFile: "key.pem")
        var listener = ListenerConfiguration(name: "chat", address: .tcp(host: "0.0.0.0", port: 443))
        listener.tls = identity
        return servers
    }

    func requests(users: Users) -> EngineConfiguration {
        var configuration = EngineConfiguration()
        configuration.hooks.use { request in
            request.responseHeaders.add(name: "x-content-type-options", value: "nosniff")
            return nil
        }
        configuration.hooks.allowRequest = { request in
            guard let user = try await users.find(token: request.cookie("token")) else {
                throw RequestRefusal("token missing or unknown")
            }
            request.values[User.self] = user
        }
        configuration.hooks.initialHeaders = { headers, request in
            headers.add(name: "x-node", value: "a")
        }

        configuration.origins = .list(["https://example.com", "https://*.example.org", "http://localhost:*"])
        configuration.credentials = true
        configuration.cors.allowedHeaders = ["x-token"]

        configuration.cookie = SessionCookie(name: "io")
        return configuration
    }

    func compression() -> EngineConfiguration {
        var configuration = EngineConfiguration()
        configuration.perMessageDeflate = PerMessageDeflate(threshold: 1024)

        var settings = PerMessageDeflate(threshold: 128)
        settings.serverContextTakeover = true
        settings.serverWindowBits = 11
        settings.memoryLevel = 4
        configuration.perMessageDeflate = settings

        configuration.httpCompression = HTTPCompression(threshold: 4096)
        return configuration
    }

    func oldClients() -> EngineConfiguration {
        var configuration = EngineConfiguration()
        configuration.allowEIO3 = true
        return configuration
    }
}
