import EngineServer
import Hummingbird
import HummingbirdCore
import HummingbirdSocketIO
import HummingbirdTLS
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import ServiceLifecycle
import SocketServer
import TestSupport
import Testing

@Suite("Socket.IO in a Hummingbird application", .timeLimit(.minutes(1)))
struct HummingbirdSocketIOTests {
    static let handshake = "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\n\r\n"
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let io: SocketServer.Server

    init() {
        io = SocketServer.Server(group: MultiThreadedEventLoopGroup.singleton, logger: logger)
    }

    /// Runs a test against an application with a few routes.
    func serve(_ builder: HTTPServerBuilder, _ test: (Int) async throws -> Void) async throws {
        try await withThrowingTaskGroup { tasks in
            let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
            let app = application(builder, continuation)
            tasks.addTask { try await app.run() }
            for await port in ports {
                try await test(port)
                break
            }
            tasks.cancelAll()
        }
    }

    func application(_ builder: HTTPServerBuilder, _ ports: AsyncStream<Int>.Continuation) -> some ApplicationProtocol {
        let router = Router()
        router.get("/hello") { _, _ in "hello" }
        router.post("/length") { request, _ in
            var length = 0
            for try await bytes in request.body { length += bytes.readableBytes }
            return "\(length) bytes"
        }
        router.get("/pieces") { _, _ in
            Response(
                status: .ok,
                body: ResponseBody { writer in
                    for number in 1...3 { try await writer.write(ByteBuffer(string: "piece \(number)\n")) }
                    try await writer.finish(nil)
                })
        }
        router.get("/fails") { _, _ -> String in throw HTTPError(.gone, message: "short and stout") }
        return Application(
            router: router, server: builder, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in ports.yield(channel.localAddress?.port ?? 0) }, logger: logger)
    }

    @Test("routes and sessions share a connection; bodies are streamed both ways")
    func onePort() async throws {
        try await serve(.socketIO(io)) { port in
            try await TextClient.run(port: port) { send, receive in
                try await send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n" + Self.handshake)
                let hello = try await receive("hello")
                #expect(hello.hasPrefix("HTTP/1.1 200 OK\r\n") && hello.contains("\r\nDate: "))
                #expect(try await receive("}").contains(#"0{"sid":""#))
                try await send("POST /length HTTP/1.1\r\nHost: x\r\nContent-Length: 3145728\r\n\r\n")
                for _ in 1...3 { try await send(String(repeating: "x", count: 1 << 20)) }
                _ = try await receive("3145728 bytes")
                try await send("GET /pieces HTTP/1.1\r\nHost: x\r\n\r\n")
                _ = try await receive("piece 1\n")
                _ = try await receive("piece 3\n\r\n0\r\n\r\n")
                try await send("GET /fails HTTP/1.1\r\nHost: x\r\n\r\nGET /none HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(try await receive("stout").hasPrefix("HTTP/1.1 410"))
                #expect(try await receive("404 Not Found").contains("HTTP/1.1"))
            }
        }
    }

    @Test("TLS goes around it, and the handshake says so")
    func tls() async throws {
        var configuration = EngineConfiguration()
        configuration.hooks.headers = { headers, request in headers.add(name: "x-secure", value: "\(request.secure)") }
        let chain = try NIOSSLCertificate.fromPEMBytes(Array(Certificate.certificate.utf8))
        let tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(Certificate.key.utf8), format: .pem)))
        var client = TLSConfiguration.makeClientConfiguration()
        client.trustRoots = .certificates(chain)
        let context = try NIOSSLContext(configuration: client)
        try await serve(.tls(.socketIO(io, configuration: configuration), tlsConfiguration: tls)) { port in
            try await TextClient.run(port: port, tls: context) { send, receive in
                try await send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n" + Self.handshake)
                _ = try await receive("hello")
                #expect(try await receive("}").contains("x-secure: true\r\n"))
                try await send("GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                _ = try await receive("hello")
            }
        }
        try await serve(.socketIO(io, configuration: configuration)) { port in
            try await TextClient.run(port: port) { send, receive in
                try await send(Self.handshake)
                #expect(try await receive("}").contains("x-secure: false\r\n"))
            }
        }
    }

    @Test("wrong settings end the start")
    func wrongSettings() async throws {
        var configuration = EngineConfiguration()
        configuration.maxPayload = 0
        let (_, ports) = AsyncStream.makeStream(of: Int.self)
        let app = application(.socketIO(io, configuration: configuration), ports)
        await #expect(throws: EngineConfigurationError.self) { try await app.run() }
    }

    @Test("a graceful shutdown closes the sessions, also those that have no connection at the moment")
    func gracefulShutdown() async throws {
        let reasons = Recorder<String>()
        io.namespace().onConnection { socket in socket.onDisconnect { reasons.record($0) } }
        try await withThrowingTaskGroup { tasks in
            let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
            let app = application(.socketIO(io, path: "/chat"), continuation)
            let services = ServiceGroup(configuration: .init(services: [app], logger: logger))
            tasks.addTask { try await services.run() }
            for await port in ports {
                for _ in 1...2 {
                    try await TextClient.run(port: port) { send, receive in
                        try await send("GET /chat/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\n\r\n")
                        let sid = try #require(try await receive("}").split(separator: #"""#).dropFirst(3).first)
                        let target = "/chat?EIO=4&transport=polling&sid=\(sid) HTTP/1.1\r\nHost: x\r\n"
                        try await send("POST \(target)Content-Length: 2\r\n\r\n40GET \(target)\r\n")
                        _ = try await receive("40{")
                    }
                }
                await services.triggerGracefulShutdown()
                break
            }
            try await tasks.waitForAll()
        }
        #expect(reasons.all == ["server shutting down", "server shutting down"])
    }
}
