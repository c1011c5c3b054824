import SocketIO
import SocketServer

extension TestHandlers {
    /// Features that concern one socket, and broadcasts with several modifiers.
    func registerFeatures(on namespace: Namespace) {
        namespace.on("ask-me") { event in
            let acknowledgement = event.acknowledgement
            event.socket.emitWithAcknowledgement("ask", arguments: event.arguments, timeout: .milliseconds(300)) {
                switch $0 {
                case .success(let answer): acknowledgement?(.null, answer[0] ?? .null)
                case .failure(let error): acknowledgement?(.string("\(error)"))
                }
            }
        }
        namespace.on("volatile-me") { event in
            event.socket.volatile.emit("b", arguments: event.arguments)
            event.acknowledge("ok")
        }
        namespace.on("to-rooms") { event in
            let (rooms, except) = (event.names(0), event.names(1))
            event.socket.to(rooms[0]).to(Array(rooms.dropFirst())).except(except).emit(
                "b", arguments: event.arguments.dropFirst().dropFirst())
            event.acknowledge("ok")
        }
    }

    /// Packet middleware that stops the event `forbidden`, and a handler that would answer it.
    func registerPacketMiddleware(on namespace: Namespace) {
        namespace.onConnection { socket in
            socket.use { event in
                if event.name == "forbidden" { throw EventError("not here", code: "forbidden") }
            }
        }
        for name in ["forbidden", "allowed"] {
            namespace.on(name) { event in
                event.socket.emit("b", .string(name))
                event.acknowledge("handled")
            }
        }
    }
}

extension Event {
    /// An argument that is a list of names of rooms; at least one, empty, name if it is not.
    fileprivate func names(_ index: Int) -> [String] {
        let names = (arguments[index]?.array ?? []).compactMap(\.string)
        return names.isEmpty ? [""] : names
    }
}
