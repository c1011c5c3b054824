import Adapter
import Cluster
import EngineIO
import EngineServer
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import SocketIO
import SocketServer

/// The examples of the articles of `SocketServer`, to be compiled. Nothing here is called.
struct SocketServerSamples {
    let server: Server
    let chat: Namespace
    let logger: Logger

    func overview() {
        let server = Server(group: MultiThreadedEventLoopGroup.singleton)

        let chat = server.namespace("/chat")
        chat.use { context in
            guard let name = context.auth["name"]?.string else { throw ConnectError("name missing") }
            context.data = ["name": .string(name)]
        }
        chat.onConnection { socket in
            socket.on("enter") { event in
                guard let room = event.arguments[0]?.string else { return event.acknowledge("a room, please") }
                try socket.join(room)
                socket.to(room).emit("entered", socket.data)
                event.acknowledge("ok")
            }
            socket.onDisconnect { reason in logger.info("gone", metadata: ["reason": "\(reason)"]) }
        }
        chat.on("say") { event in
            event.socket.broadcast.emit("said", arguments: event.arguments)
        }
    }

    func gettingStarted() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let loops = Array(group.makeIterator())
        var random = SystemRandomNumberGenerator()
        let tag = NodeTag(using: &random)
        let logger = Logger(label: "chat")

        let server = Server(nodeTag: tag, loops: loops, adapters: SingleNodeAdapterFactory(), logger: logger)
        server.namespace().on("hello") { event in event.acknowledge("world") }

        let engine = Engine(configuration: .init(), nodeTag: tag.text, loops: loops, acceptor: server, logger: logger)
        let http = HTTPServer(
            listener: "chat", host: "127.0.0.1", port: 3000, mounts: [.engine(path: "/socket.io/", engine)],
            responder: nil, group: group, logger: logger)
        try await http.run()
    }

    func acknowledgements(_ store: Store) async {
        chat.on("save") { event in
            let acknowledgement = event.acknowledgement
            store.save(event.arguments.values) { saved in acknowledgement?(.bool(saved)) }
        }
        chat.on("draw") { event in
            let answer = try await event.socket.emitWithAcknowledgement("keep?", 7, timeout: .seconds(30))
            event.acknowledge(arguments: answer)
        }
        let answers = await chat.to("players").timeout(.seconds(2)).emitWithAcknowledgement("ready?")
        print("\(answers.elements.count) of \(answers.expected) answered, \(answers.missing) did not")
    }

    func handlingEvents(_ store: Store) {
        chat.on("say") { event in
            event.socket.broadcast.emit("said", arguments: event.arguments)
        }
        chat.onConnection { socket in
            socket.once("introduce") { event in socket.data = event.arguments[0] ?? .null }
            socket.onUnhandled { event in throw EventError("unknown event", code: "unknown") }
        }
        chat.on("history") { event in
            let room = try event.arguments.decode(String.self, at: 0)
            let lines = try await store.lines(of: room)
            try await event.socket.join(room)
            event.acknowledge(.array(lines))
        }
        chat.on("name") { event in
            let name = try await event.socket.withSocket { socket in socket.data["name"]?.string }
            event.acknowledge(.string(name ?? ""))
        }
    }

    func rooms(_ prices: Namespace, _ feed: Feed) async {
        chat.on("enter") { event in
            guard let room = event.arguments[0]?.string else { return event.acknowledge("a room, please") }
            try event.socket.join(room)
            event.acknowledge("ok")
        }
        let answers = await chat.to("players").timeout(.seconds(2)).emitWithAcknowledgement("ready?")
        if answers.missing > 0 { logger.info("not all", metadata: ["missing": "\(answers.missing)"]) }
        prices.onRoomCreated { event in feed.subscribe(event.room) }
        prices.onRoomDeleted { event in feed.unsubscribe(event.room) }
    }

    func namespaces(_ accounts: Accounts) async {
        let admin = server.namespace("/admin")
        admin.onConnection { socket in socket.emit("welcome") }
        let tenants = server.namespaces(matching: "/tenant-:id")
        tenants.onConnection { socket in
            logger.info("arrived", metadata: ["tenant": "\(socket.namespace.parameters["id"] ?? "")"])
        }
        tenants.on("say") { event in
            event.socket.broadcast.emit("said", arguments: event.arguments)  // within this tenant
        }
        tenants.emit("maintenance", "in five minutes")
        let everybody = await tenants.fetchSockets()
        tenants.use { context in
            guard let token = context.auth["token"]?.string else { throw ConnectError("token missing") }
            let user = try await accounts.verify(token, tenant: context.parameters["id"])
            context.data = ["name": .string(user.name)]
            context.storage[UserKey.self] = user
        }
        print(everybody.elements.count)
    }

    func limits() async {
        var configuration = ServerConfiguration()
        configuration.rates.events = RateLimit(perSecond: 100, burst: 500)
        configuration.rates.bytes = RateLimit(perSecond: 100_000, burst: 2_000_000)
        chat.on("enter") { event in
            try event.socket.join(event.arguments[0]?.string ?? "")
            event.acknowledge("ok")
        }
        // the client gets {"error": "No more than 1024 rooms can be joined", "code": "room_limit_reached"}
        await server.drain(over: .seconds(10)) { progress in
            logger.info("draining", metadata: ["left": "\(progress.remaining)"])
        }
    }

    func parsers() {
        var configuration = ServerConfiguration()
        configuration.parser = .messagePack
    }

    func recovery() {
        var configuration = ServerConfiguration()
        configuration.recovery = RecoveryConfiguration(maxDisconnectionDuration: .seconds(120))

        let chat = server.namespace("/chat")
        chat.onConnection { socket in
            if socket.isRecovered { return }  // rooms and data are as they were
            socket.data = ["name": socket.auth["name"] ?? nil]
            try? socket.join("lobby")
        }
        chat.onSessionExpired { session in
            chat.emit("gone", session.data["name"] ?? nil)
        }
    }
}
