import SocketIO

extension RemoteSocket {
    /// Reads `{id, handshake, rooms, data}`; what is missing but the id counts as empty.
    init?(_ value: Value) {
        guard let id = value["id"]?.string else { return nil }
        self.init(
            id: id, handshake: value["handshake"] ?? [:],
            rooms: (value["rooms"]?.array ?? []).compactMap(\.string), data: value["data"] ?? [:])
    }

    /// The form `{id, handshake, rooms, data}`.
    var value: Value {
        ["id": .string(id), "handshake": handshake, "rooms": .array(rooms.map { .string($0) }), "data": data]
    }
}
