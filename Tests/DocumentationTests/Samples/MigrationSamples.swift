import Adapter
import Cluster
import EngineIO
import EngineServer
import HummingbirdCore
import HummingbirdSocketIO
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import SocketIO
import SocketServer

/// The Swift side of the tables in "Migrating from JavaScript", to be compiled: `MigrationTests` looks for each entry in
/// this text. Nothing here is called.
struct MigrationSamples {
    let io: SocketServer.Server
    let chat: Namespace
    let handler: Engine
    let bus: any PrefixBus
    let id: String

    func check(_ token: String?) throws {}

    func server(tag: NodeTag, loops: [any EventLoop], logger: Logger) async {
        _ = Server(group: MultiThreadedEventLoopGroup.singleton)
        _ = Server(nodeTag: tag, loops: loops, adapters: ClassicAdapterFactory(bus: bus), logger: logger)
        let builders: [HTTPServerBuilder] = [.socketIO(io), .socketIO(io, path: "/chat/")]
        _ = (builders, Mount.engine(path: "/socket.io/", handler))
        _ = io.namespace("/admin")
        let namespace = io.namespaces(matching: "/tenant-:id")
        _ = namespace.parameters["id"]
        _ = io.namespaces(where: { context in context.auth["key"] == "x" })
        io.onNewNamespace { namespace in print(namespace.name) }
        io.namespace().emit("hello")
        io.namespace().onConnection { socket in print(socket.id) }
        _ = io.namespace()
        await io.close()
        await io.drain(over: .seconds(10))
    }

    func options() {
        var configuration = ServerConfiguration()
        configuration.parser = .messagePack
        configuration.connectTimeout = .seconds(45)
        configuration.recovery = RecoveryConfiguration(maxDisconnectionDuration: .seconds(120))
        configuration.recovery = RecoveryConfiguration(skipMiddlewares: false)
        configuration.dynamicNamespaces.cleanupEmptyChildNamespaces = false
    }

    func engineOptions() {
        var engine = EngineConfiguration()
        engine.pingInterval = .seconds(25)
        engine.pingTimeout = .seconds(20)
        engine.upgradeTimeout = .seconds(10)
        engine.maxPayload = 1_000_000
        engine.transports = [.websocket]
        engine.allowUpgrades = false
        engine.hooks.allowRequest = { request in try check(request.cookie("token")) }
        engine.hooks.use { request in nil }
        engine.hooks.initialHeaders = { headers, request in headers.add(name: "x-a", value: "1") }
        engine.hooks.headers = { headers, request in headers.add(name: "x-a", value: "1") }
        engine.origins = .list(["https://*.example.com"])
        engine.credentials = true
        engine.cors.methods = ["GET", "POST"]
        engine.cors.allowedHeaders = ["x-token"]
        engine.cors.exposedHeaders = ["x-a"]
        engine.cors.maxAge = .seconds(60)
        engine.cors.preflightStatus = 200
        engine.cookie = SessionCookie(name: "io")
        engine.perMessageDeflate = PerMessageDeflate(threshold: 1024)
        engine.httpCompression = HTTPCompression(threshold: 1024)
        engine.allowEIO3 = true
        _ = handler.sessionCount
        _ = handler.metrics.refused
    }

    func namespaces() {
        _ = chat.name
        chat.use { context in throw ConnectError("no", data: ["code": 7]) }
        chat.onConnection { socket in print(socket.id) }
        chat.on("say") { event in event.acknowledge("ok") }
        chat.onServerEvent("x") { arguments, acknowledge in acknowledge?(1) }
        chat.onRoomCreated { event in print(event.room) }
        chat.onRoomDeleted { event in print(event.room) }
        chat.onRoomJoined { event in print(event.socketID) }
        chat.onRoomLeft { event in print(event.socketID) }
        _ = chat.localSocketCount
        chat.withSocket(id) { socket in socket.emit("hi") }
    }

    func broadcasts() async {
        chat.emit("news", 1)
        chat.send(1)
        _ = [chat.to("a").to("b"), chat.to("a", "b"), chat.except("a")]
        _ = [chat.local, chat.volatile, chat.compress(false)]
        _ = await chat.timeout(.seconds(1)).emitWithAcknowledgement("q")
        _ = await chat.fetchSockets()
        _ = await chat.fetchSockets().elements.map(\.id)
        chat.to(id).emit("hi")
        chat.to(id).socketsJoin("a")
        chat.to(id).disconnectSockets()
        chat.socketsJoin("a")
        chat.socketsLeave("a")
        chat.disconnectSockets(close: true)
        chat.serverSideEmit("x", 1)
        _ = await chat.serverSideEmitWithAcknowledgement("x", timeout: .seconds(5))
        _ = await chat.localSocketIDs()
        _ = await chat.localRooms()
        _ = await chat.allRooms()
        _ = await chat.serverCount()
    }

    func facts(of socket: Socket) {
        _ = (socket.id, socket.auth, socket.rooms, socket.isConnected, socket.isRecovered, socket.namespace)
        _ = (socket.handshake.header("user-agent"), socket.handshake.headers, socket.handshake.query)
        _ = (socket.handshake.address, socket.handshake.secure, socket.handshake.url)
        _ = (socket.handshake.time, socket.handshake.issued, socket.handshake.xdomain, socket.handshake.values)
        _ = (socket.transport, socket.protocolVersion)
        socket.data = ["name": "Ann"]
    }

    func handlers(of socket: Socket) {
        let token = socket.on("say") { event in event.acknowledge("ok") }
        socket.once("say") { event in print(event.name) }
        socket.off(token)
        socket.off("say")
        socket.offAll()
        socket.onAny { event in print(event.name) }
        socket.prependAny { event in print(event.name) }
        socket.offAny()
        socket.onAnyOutgoing { event in print(event.name) }
        socket.prependAnyOutgoing { event in print(event.name) }
        socket.offAnyOutgoing()
        socket.onUnhandled { event in throw EventError("unknown") }
        socket.use { event in throw EventError("no") }
        socket.onError { error, event in print(event.name) }
        socket.onDisconnecting { reason in print(reason) }
        socket.onDisconnect { reason in print(reason) }
        socket.schedule(after: .seconds(1)) { socket in socket.emit("late") }
    }

    func events(of socket: Socket) throws {
        socket.emit("hi", 1)
        socket.send(1)
        socket.emitWithAcknowledgement("q", timeout: .seconds(1)) { result in print(result) }
        socket.volatile.emit("at", 1)
        socket.compress(false).emit("at", 1)
        socket.broadcast.emit("hi")
        socket.local.emit("hi")
        socket.to("a").emit("hi")
        socket.except("a").emit("hi")
        try socket.join("a")
        socket.leave("a")
        socket.disconnect()
        socket.disconnect(close: true)
    }

    func asking(_ handle: SocketHandle) async throws {
        _ = try await handle.emitWithAcknowledgement("q", timeout: .seconds(1))
    }

    func refusing(_ reason: Int) throws {
        switch reason {
        case 0: throw ConnectError("no", data: ["code": 7])
        case 1: throw EventError("no")
        default: throw EventError("no", code: "refused")
        }
    }

    struct Say: Codable {
        var text: String
    }

    func types(_ socket: Socket) throws -> [Value] {
        let event = SocketEvent<(Say) -> Int>("say")
        let say = try ValueDecoder().decode(Say.self, from: socket.data)
        let bytes: Value = .binary(ByteBuffer(bytes: [1, 2]))
        return [.string(event.name), .string(say.text), bytes]
    }

    enum Name: StorageKey {
        typealias Value = String
    }
}
