// A chat room on one port with ordinary routes: the page's HTTP and Socket.IO share the server.
//
//     swift run switchboard-example-chat        # PORT=8080

import Hummingbird
import HummingbirdSocketIO
import NIOPosix
import SocketIO
import SocketServer

let io = SocketServer.Server(group: MultiThreadedEventLoopGroup.singleton)
let chat = io.namespace()

chat.use { context in
    guard let name = context.auth["name"]?.string else { throw ConnectError("your name, please") }
    context.data = ["name": .string(name)]
}
chat.onConnection { socket in socket.broadcast.emit("joined", socket.data) }
chat.on("say") { event in
    guard let text = event.arguments[0]?.string else { return event.acknowledge("a text, please") }
    chat.emit("said", ["name": event.socket.data["name"] ?? .null, "text": .string(text)])
    event.acknowledge("ok")
}

let router = Router()
router.get("/") { _, _ in "Connect with any Socket.IO client.\n" }
router.get("/count") { _, _ in "\(chat.localSocketCount)\n" }
router.post("/announcements") { request, _ -> HTTPResponse.Status in
    let text = try await request.body.collect(upTo: 4096)
    chat.emit("said", ["name": .null, "text": .string(String(buffer: text))])
    return .noContent
}

let port = Environment().get("PORT", as: Int.self) ?? 8080
let app = Application(
    router: router, server: .socketIO(io, path: "/socket.io/"),
    configuration: .init(address: .hostname("127.0.0.1", port: port)))
try await app.runService()
