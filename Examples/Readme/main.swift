import Adapter
import Cluster
import EngineServer
import Logging
import NIOPosix
import SocketIO
import SocketServer

let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
let loops = Array(group.makeIterator())
var random = SystemRandomNumberGenerator()
let tag = NodeTag(using: &random)
let logger = Logger(label: "chat")

let server = Server(nodeTag: tag, loops: loops, adapters: SingleNodeAdapterFactory(), logger: logger)
let chat = server.namespace("/")
chat.use { context in
    guard let name = context.auth["name"]?.string else { throw ConnectError("name missing") }
    context.data = ["name": .string(name)]
}
chat.on("enter") { event in
    guard let room = event.arguments[0]?.string else { return event.acknowledge("a room, please") }
    try event.socket.join(room)
    event.socket.to(room).emit("entered", event.socket.data)
    event.acknowledge("ok")
}

let engine = Engine(configuration: .init(), nodeTag: tag.text, loops: loops, acceptor: server, logger: logger)
let http = HTTPServer(
    listener: "chat", host: "127.0.0.1", port: Int(CommandLine.arguments.last ?? "") ?? 3000,
    mounts: [.engine(path: "/socket.io/", engine)], responder: nil, group: group, logger: logger)
try await http.run()
