import SocketIO

/// A stored message on its way to clients: which events it becomes, and who gets them (applications, B.5.4(6) and (8)).
struct Delivery: Sendable {
    /// The message.
    let message: StoredMessage
    /// Whether an administrator wrote it.
    let isFromAdmin: Bool
    /// Whether it is for an administrator's account.
    let isToAdmin: Bool
    /// Id of the socket that sent it, which gets none of these events.
    let socketID: String
    /// What the client calls the message, if it does.
    let clientID: String?

    /// One event to the union of rooms.
    struct Broadcast: Equatable {
        var event: String
        var payload: Value
        var rooms: [String]
        var except: [String]
    }

    private var isToSelf: Bool { message.sender == message.recipient }

    /// The broadcasts; none reaches a socket twice, and no two reach the same one.
    var broadcasts: [Broadcast] {
        var broadcasts = [received]
        if !isToSelf { broadcasts.append(sent) }
        if isFromAdmin, !isToAdmin { broadcasts.append(answered) }
        return broadcasts
    }

    /// To those whom the message is for.
    private var received: Broadcast {
        let desk = isFromAdmin ? [] : [Rooms.admins]
        return Broadcast(
            event: "mensaje_recibido",
            payload: [
                "de": .string(message.sender), "mensaje": .string(message.text), "para": .string(message.recipient),
                "id": .int(message.id), "fecha": .string(message.date),
            ],
            rooms: [Rooms.user(message.recipient)] + desk, except: [socketID])
    }

    /// To the other tabs and devices of the sender.
    private var sent: Broadcast {
        var payload = Value.Object()
        payload["para"] = .string(message.recipient)
        payload["mensaje"] = .string(message.text)
        payload["id"] = .int(message.id)
        payload["fecha"] = .string(message.date)
        payload["idCliente"] = clientID.map { .string($0) }
        return Broadcast(
            event: "mensaje_enviado", payload: .object(payload), rooms: [Rooms.user(message.sender)],
            except: [socketID])
    }

    /// To the other administrators: one of them has answered.
    private var answered: Broadcast {
        Broadcast(
            event: "mensaje_admin", payload: message.value, rooms: [Rooms.admins],
            except: [Rooms.user(message.sender)])
    }
}

/// The rooms of the support chat (applications, B.4). Clients cannot join any.
enum Rooms {
    /// Every socket of an administrator.
    static let admins = "admins"

    /// Every socket of an account.
    static func user(_ name: String) -> String { "user:" + name }

    /// Every socket of a login.
    static func session(_ id: String) -> String { "sesion:" + id }
}

extension StoredMessage {
    /// When it was stored, as clients see it.
    var date: String { SupportTimestamp.text(milliseconds) }

    /// `{de, para, mensaje, id, fecha}`.
    var value: Value {
        [
            "de": .string(sender), "para": .string(recipient), "mensaje": .string(text), "id": .int(id),
            "fecha": .string(date),
        ]
    }
}
