import Adapter
import EngineIO
import Hummingbird
import HummingbirdSocketIO
import NIOCore
import NIOPosix
import SocketIO
import SocketServer

/// The examples of the other modules' pages, to be compiled. Nothing here is called.
struct ModuleSamples {
    func values(bytes: ByteBuffer, arguments: Arguments) throws {
        let value: Value = ["room": "lobby", "size": 2, "photo": .binary(bytes), "topic": nil]
        let room = value["room"]?.string  // "lobby"
        let size = value["size"]?.int  // 2
        let none = value["size"]?.string  // nil
        print(room ?? "", size ?? 0, none ?? "")

        let first = arguments[0]  // one value
        let say = try arguments.decode(Say.self, at: 0)  // a type of one's own
        let (name, age) = try arguments.decode(String.self, Int.self)  // several
        let length = arguments.size(at: 0)  // before it is decoded
        print(first ?? nil, say, name, age, length ?? 0)
    }

    func hummingbird() async throws {
        let io = SocketServer.Server(group: MultiThreadedEventLoopGroup.singleton)
        io.namespace().on("hello") { event in event.acknowledge("world") }

        let router = Router()
        router.get("/") { _, _ in "a page" }
        let app = Application(router: router, server: .socketIO(io))
        try await app.runService()
    }

    func adapters(group: any EventLoopGroup) -> [SocketServer.Server] {
        let bus = InProcessBus()  // two nodes in one process, for a test
        let servers = [group.next(), group.next()].map { loop in
            Server(group: loop, adapters: ClassicAdapterFactory(bus: bus))
        }
        return servers
    }
}

final class Echo: SessionHandler {
    private let session: any EngineSession

    init(_ session: any EngineSession) { self.session = session }

    func received(_ message: Message) { session.send(OutgoingMessage(message), volatile: false) }
    func closed(_ reason: CloseReason) {}
}

struct Acceptor: SessionAcceptor {
    func opened(_ session: any EngineSession) -> any SessionHandler { Echo(session) }
}
