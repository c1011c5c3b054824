import Hummingbird
import HummingbirdSocketIO
import NIOPosix
import SocketIO
import SocketServer

let io = SocketServer.Server(group: MultiThreadedEventLoopGroup.singleton)
let chat = io.namespace()

chat.onConnection { socket in
    socket.emit("welcome", "You are \(socket.id)")
    socket.onDisconnect { reason in print(socket.id, "has gone:", reason) }
}
chat.on("say") { event in
    guard let text = event.arguments[0]?.string else { throw EventError("a text, please") }
    event.socket.broadcast.emit("said", .string(text))
    event.acknowledge("ok")
}

let router = Router()
router.get("/") { _, _ in "Connect with any Socket.IO client.\n" }

let port = Environment().get("PORT", as: Int.self) ?? 3000
let app = Application(
    router: router, server: .socketIO(io), configuration: .init(address: .hostname("127.0.0.1", port: port)))
try await app.runService()
