import SocketIO
import SocketServer

extension TestHandlers {
    /// Joining, leaving, and events to rooms.
    func registerRooms(on namespace: Namespace) {
        namespace.on("join") { event in
            try event.socket.join(event.text(0))
            event.acknowledge(event.socket.roomList)
        }
        namespace.on("join-many") { event in
            let count = event.arguments[0]?.int ?? 0
            for number in 0..<max(0, count) { try event.socket.join("many-\(number)") }
            event.acknowledge("ok")
        }
        namespace.on("leave") { event in
            event.socket.leave(try event.text(0))
            event.acknowledge(event.socket.roomList)
        }
        namespace.on("toroom") { event in
            event.socket.namespace.to(try event.text(0)).emit("b", arguments: event.arguments.dropFirst())
            event.acknowledge("ok")
        }
        namespace.on("except") { event in
            event.socket.namespace.except(try event.text(0)).emit("b", arguments: event.arguments.dropFirst())
            event.acknowledge("ok")
        }
    }
}

extension Socket {
    /// The rooms in a stable order.
    var roomList: Value { .array(rooms.sorted().map { .string($0) }) }
}
