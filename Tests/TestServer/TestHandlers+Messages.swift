import SocketIO
import SocketServer

extension TestHandlers {
    /// Echoes, and broadcasts that arrive as the event `b`.
    func registerMessages(on namespace: Namespace) {
        namespace.on("message") { event in
            event.socket.emit("message-back", arguments: event.arguments)
            event.acknowledge("ok")
        }
        for name in ["message-with-ack", "echo"] {
            namespace.on(name) { event in event.acknowledge(arguments: event.arguments) }
        }
        let broadcasts: [(String, @Sendable (Socket) -> BroadcastOperator)] = [
            ("broadcast", { $0.namespace.everybody }),
            ("others", { $0.broadcast }),
            ("local", { $0.namespace.local }),
            ("volatile", { $0.namespace.volatile }),
            ("compress", { $0.namespace.compress(false) }),
        ]
        for (name, receivers) in broadcasts {
            namespace.on(name) { event in
                receivers(event.socket).emit("b", arguments: event.arguments)
                event.acknowledge("ok")
            }
        }
    }
}
