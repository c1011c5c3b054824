public import NIOCore
import SocketIO

/// What a node asks of the others (wire, 1.4).
public struct ClassicRequest: Sendable, Equatable {
    /// Of the sender; emitters have none.
    public var uid: String?
    /// Stands in the answers; `nil` when none is wanted.
    public var requestID: String?
    /// What is asked.
    public var kind: NodeRequest

    /// Describes a request.
    /// - Parameters:
    ///   - uid: of the sender.
    ///   - requestID: `nil` when no answer is wanted.
    ///   - kind: what is asked.
    public init(uid: String?, requestID: String?, kind: NodeRequest) {
        self.uid = uid
        self.requestID = requestID
        self.kind = kind
    }

    /// Encodes it as a Node.js peer would: JSON, except for broadcasts.
    /// - Parameter namespace: with its leading slash.
    /// - Returns: the payload.
    public func encoded(namespace: String) -> ByteBuffer {
        switch kind {
        case .sockets(let options): json(0, [("rooms", BroadcastOptions.list(options.rooms))])
        case .allRooms: json(1, [])
        case .join(let rooms, let options):
            json(2, [("opts", options.classicSelection), ("rooms", BroadcastOptions.list(rooms))])
        case .leave(let rooms, let options):
            json(3, [("opts", options.classicSelection), ("rooms", BroadcastOptions.list(rooms))])
        case .disconnect(let options, let close):
            json(4, [("opts", options.classicSelection), ("close", .bool(close))])
        case .fetchSockets(let options): json(5, [("opts", options.classicSelection)])
        case .serverSideEmit(let arguments): json(6, [("data", .array(arguments.values))])
        case .broadcast(let arguments, let options, let timeout):
            ClassicMessage.messagePack(
                object(
                    7,
                    [
                        ("packet", ClassicPacket.value(arguments, namespace: namespace)),
                        ("opts", options.classicValue(timeout: timeout)),
                    ]))
        }
    }

    private func json(_ type: Int64, _ body: [(String, Value)]) -> ByteBuffer {
        ClassicMessage.json(object(type, body))
    }

    private func object(_ type: Int64, _ body: [(String, Value)]) -> Value {
        var object = Value.Object()
        object["uid"] = uid.map { .string($0) }
        object["requestId"] = requestID.map { .string($0) }
        object["type"] = .int(type)
        for (key, value) in body { object[key] = value }
        return .object(object)
    }
}
