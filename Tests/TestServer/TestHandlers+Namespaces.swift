import SocketIO
import SocketServer

extension TestHandlers {
    /// Namespaces that clients make exist, one whose rooms are watched, and the end of the server.
    ///
    /// `/tenant-<id>` matches a pattern and lets everybody in but `closed`; `/invited-<id>` asks a function for the
    /// invitation; in `/watched`, members of the room `watchers` see what happens to other rooms.
    func registerNamespaces(on server: Server) {
        registerTenants(on: server)
        let invited = server.namespaces { context in
            context.namespace.hasPrefix("/invited-") && context.auth["invitation"]?.string == context.namespace
        }
        registerMessages(on: invited)
        let watched = server.namespace("/watched")
        registerRooms(on: watched)
        registerPacketMiddleware(on: watched)
        watchRooms(of: watched)
        server.onNewNamespace { namespace in
            server.namespace().local.to("watchers").emit("new-namespace", .string(namespace.name))
        }
        server.namespace().on("drain") { event in
            let time = Duration.milliseconds(event.arguments[0]?.int ?? 0)
            event.acknowledge {
                // The answer is given before the sessions end: the drain goes on behind it.
                Task { await server.drain(over: time) }
                return ["ok"]
            }
        }
    }

    private func registerTenants(on server: Server) {
        let tenants = server.namespaces(matching: "/tenant-:id")
        tenants.use { context in
            guard context.parameters["id"] != "closed" else {
                throw ConnectError("tenant closed", data: ["until": "tomorrow"])
            }
        }
        registerMessages(on: tenants)
        registerRooms(on: tenants)
        tenants.on("tenant") { $0.acknowledge(.string($0.socket.namespace.parameters["id"] ?? "")) }
        tenants.on("all-tenants") { event in
            tenants.emit("b", arguments: event.arguments)
            event.acknowledge("ok")
        }
        server.namespace().on("tenant-sockets") { event in
            event.acknowledge(.int(Int64(tenants.localSocketCount)))
        }
    }

    private func watchRooms(of namespace: Namespace) {
        let tell: @Sendable (Value, RoomEvent) -> Void = { what, event in
            guard event.room != "watchers", event.room != event.socketID else { return }
            event.namespace.local.to("watchers").emit("room", what, .string(event.room), .string(event.socketID))
        }
        namespace.onRoomCreated { tell("created", $0) }
        namespace.onRoomDeleted { tell("deleted", $0) }
        namespace.onRoomJoined { tell("joined", $0) }
        namespace.onRoomLeft { tell("left", $0) }
        namespace.on("local-view") { event in
            event.acknowledge {
                let rooms = await namespace.localRooms()
                let sizes = rooms.map { (name: $0.key, value: Value.int(Int64($0.value.count))) }
                return [
                    .int(Int64(namespace.localSocketCount)),
                    .object(sizes.reduce(into: Value.Object()) { $0[$1.name] = $1.value }),
                ]
            }
        }
    }
}
