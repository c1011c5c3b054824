import Adapter
import Cluster
import EngineIO
import EngineServer
import Logging
import NIOCore
import NIOPosix
import SocketIO
import SocketServer

/// The examples in the comments of `SocketServer`, to be compiled. Nothing here is called.
struct SocketServerDocstringSamples {
    let server: Server
    let namespace: Namespace
    let logger: Logger

    func typedEvents() {
        // swift-format-ignore: DoNotUseSemicolons
        struct Say: Codable { var room: String; var text: String }

        enum Chat {
            static let say = SocketEvent<(Say) -> Int>("say")  // acknowledged with a number
            static let move = SocketEvent<(Double, Double) -> Void>("move")
            static let ready = SocketEvent<() -> Void>("ready")
        }

        namespace.on(Chat.say) { say, event in
            event.socket.to(say.room).emit(Chat.move, 0.5, 1)
            return say.text.count
        }
    }

    func server(tag: NodeTag, loops: [any EventLoop]) {
        let io = Server(group: MultiThreadedEventLoopGroup.singleton)
        print(io)
        let server = Server(nodeTag: tag, loops: loops, adapters: SingleNodeAdapterFactory(), logger: logger)
        server.namespace().onConnection { socket in
            socket.on("hello") { event in event.acknowledge("world") }
        }
        let engine = Engine(configuration: .init(), nodeTag: tag.text, loops: loops, acceptor: server, logger: logger)
        print(engine)
    }

    func listeners(tag: NodeTag, loops: [any EventLoop]) {
        let desk = server.mainNamespace(of: "desk")
        let acceptor = server.acceptor(for: "desk")
        let engine = Engine(configuration: .init(), nodeTag: tag.text, loops: loops, acceptor: acceptor, logger: logger)
        print(desk, engine)
    }

    func drain() async {
        await server.drain(over: .seconds(10)) { logger.info("draining", metadata: ["left": "\($0.remaining)"]) }
    }

    func recovery() {
        var configuration = ServerConfiguration()
        configuration.recovery = RecoveryConfiguration(maxDisconnectionDuration: .seconds(60))
    }

    func namespaces() {
        @Sendable func check(_ auth: Value, of tenant: String?) async throws {}
        let tenants = server.namespaces(matching: "/tenant-:id")
        tenants.use { context in try await check(context.auth, of: context.parameters["id"]) }
        tenants.on("say") { event in event.socket.broadcast.emit("said", arguments: event.arguments) }
        tenants.emit("maintenance", "in five minutes")  // to the clients of every tenant
    }

    func chat() {
        let chat = server.namespace("/chat")
        chat.use { context in
            guard let name = context.auth["name"]?.string else { throw ConnectError("name missing") }
            context.data = ["name": .string(name)]
        }
        chat.on("say") { event in event.socket.broadcast.emit("said", arguments: event.arguments) }
        chat.onConnection { socket in socket.emit("welcome") }
        chat.to("news").emit("headline", "Hello, world")
    }

    func patterns() -> [[String: String]?] {
        let pattern: NamespacePattern = "/tenant-:id/:room"
        let captured = pattern.match("/tenant-7/lobby")  // ["id": "7", "room": "lobby"]
        let none = pattern.match("/tenant-7")  // nil
        return [captured, none]
    }

    func broadcasts() async {
        namespace.to("news", "sports").except("muted").emit("headline", "Hello")
        let answers = await namespace.to("players").timeout(.seconds(2)).emitWithAcknowledgement("ready?")
        print(answers)
    }

    func barrier(_ socket: Socket) {
        var isInformed = false
        socket.raiseBarrier { _ in isInformed = true }
        socket.emit("the game has changed")
        print(isInformed)
    }

    func refusals() {
        namespace.on("enter") { event in
            guard event.socket.rooms.count < 10 else { throw EventError("enough rooms", code: "too_many_rooms") }
        }
        namespace.use { context in
            guard context.auth["token"] != nil else { throw ConnectError("Authentication token required") }
        }
    }

    enum RoomError: ClientError {
        case full
        var code: String { "room_full" }
        var message: String { "The room is full" }
    }

    struct Draft: Codable {
        var text: String
    }

    struct Drafts: Sendable {
        func save(_ draft: Draft) async throws -> Int64 { 0 }
        func save(_ arguments: Arguments, _ completion: @escaping @Sendable (Bool) -> Void) {}
    }

    func asynchronous(_ store: Drafts) {
        namespace.on("save") { event in
            let id = try await store.save(event.arguments.decode(Draft.self, at: 0))
            try await event.socket.join("draft-\(id)")
            event.acknowledge(.int(id))
        }
    }

    struct Deck: Sendable {
        func draw() async throws -> String { "" }
    }

    func asking(_ deck: Deck) {
        namespace.on("draw") { event in
            let card = try await deck.draw()
            let answer = try await event.socket.emitWithAcknowledgement("keep?", .string(card), timeout: .seconds(30))
            if answer[0]?.bool == true { try await event.socket.withSocket { $0.data = ["card": .string(card)] } }
        }
    }

    func sockets(_ socket: Socket, _ store: Drafts, user: User) {
        socket.on("save") { event in
            guard let acknowledgement = event.acknowledgement else { return }
            store.save(event.arguments) { saved in acknowledgement(.bool(saved)) }
        }
        socket.on("add") { event in
            guard let number = event.arguments[0]?.int else { return event.acknowledge(["error": "a number, please"]) }
            event.acknowledge(["sum": .int(number + 1)])
        }
        enum UserKey: StorageKey { typealias Value = User }
        socket.storage[UserKey.self] = user
    }

    func connections() {
        server.namespace("/chat").onConnection { socket in
            socket.on("say") { event in
                socket.to("lobby").emit("said", arguments: event.arguments)
                event.acknowledge("ok")
            }
            socket.onDisconnect { reason in print("gone:", reason) }
        }
    }
}
