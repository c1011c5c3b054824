public import NIOCore
import SocketIO

extension ShardedMessage {
    /// Encodes it, byte for byte as a Node.js peer would, if it has no ``count``: JSON, or MessagePack if there is binary
    /// content.
    /// - Parameter namespace: with its leading slash.
    /// - Returns: the payload; `nil` for what the format has no words for: ``NodeRequest/sockets(_:)``,
    ///   ``NodeRequest/allRooms``, ``NodeAnswer/done`` and ``NodeAnswer/rooms(_:)``, and a broadcast with
    ///   acknowledgements without an id.
    public func encoded(namespace: String) -> ByteBuffer? {
        switch content {
        case .broadcast(let arguments, let options):
            broadcast(arguments, options.classicValue(), id: nil, namespace)
        case .request(.broadcast(let arguments, let options, let timeout), let id?):
            broadcast(arguments, options.classicValue(timeout: timeout), id: id, namespace)
        case .request(let request, let id): Self.body(request, id).map { payload(.int($0), $1, namespace) }
        case .answer(let answer, let id): Self.body(answer, id).map { payload(.int($0), $1, namespace) }
        case .count: payload(.string(Kind.count), [:], namespace)
        case .again(let rooms): payload(.string(Kind.again), ["rooms": .bool(rooms)], namespace)
        }
    }

    private static func body(_ request: NodeRequest, _ id: String?) -> (Int64, Value)? {
        switch request {
        case .join(let rooms, let options):
            (Kind.join, ["opts": options.classicValue(), "rooms": BroadcastOptions.list(rooms)])
        case .leave(let rooms, let options):
            (Kind.leave, ["opts": options.classicValue(), "rooms": BroadcastOptions.list(rooms)])
        case .disconnect(let options, let close):
            (Kind.disconnect, ["opts": options.classicValue(), "close": .bool(close)])
        case .fetchSockets(let options):
            id.map { (Kind.fetchSockets, ["opts": options.classicValue(), "requestId": .string($0)]) }
        case .serverSideEmit(let arguments):
            (Kind.serverSideEmit, serverSide(arguments, id))
        case .broadcast, .sockets, .allRooms: nil
        }
    }

    private static func body(_ answer: NodeAnswer, _ id: String) -> (Int64, Value)? {
        switch answer {
        case .sockets(let sockets): (Kind.sockets, ["requestId": .string(id), "sockets": .array(sockets)])
        case .serverSideEmit(let value): (Kind.serverSideAnswer, ["requestId": .string(id), "packet": value])
        case .clientCount(let count):
            (Kind.clientCount, ["requestId": .string(id), "clientCount": .int(Int64(count))])
        case .acknowledgement(let value): (Kind.acknowledgement, ["requestId": .string(id), "packet": value])
        case .done, .rooms: nil
        }
    }

    private static func serverSide(_ arguments: Arguments, _ id: String?) -> Value {
        let packet = Value.array(arguments.values)
        return id.map { ["requestId": .string($0), "packet": packet] } ?? ["packet": packet]
    }

    private func payload(_ type: Value, _ data: Value, _ namespace: String) -> ByteBuffer {
        var object = Value.Object()
        object["type"] = type
        object["data"] = data
        object["uid"] = .string(uid)
        object["nsp"] = .string(namespace)
        object["count"] = count.map(Self.value)
        let message = Value.object(object)
        return data.hasBinary ? ClassicMessage.messagePack(message) : ClassicMessage.json(message)
    }

    private static func value(_ count: PublicationCount) -> Value {
        [.int(Int64(clamping: count.since)), .int(Int64(clamping: count.published))]
    }

    /// Events without binary content are copied into the text as they are.
    private func broadcast(
        _ arguments: Arguments, _ options: Value, id: String?, _ namespace: String
    ) -> ByteBuffer {
        guard arguments.attachments.isEmpty else {
            var data = Value.Object()
            data["packet"] = ["type": 2, "data": .array(arguments.values)]
            data["requestId"] = id.map { .string($0) }
            data["opts"] = options
            return payload(.int(Kind.broadcast), .object(data), namespace)
        }
        var buffer = ByteBufferAllocator().buffer(capacity: arguments.json.readableBytes + 192)
        buffer.writeStaticString(#"{"type":3,"data":{"packet":{"type":2,"data":["#)
        buffer.writeImmutableBuffer(arguments.json)
        buffer.writeStaticString("]}")
        if let id {
            buffer.writeStaticString(#","requestId":"#)
            Value.string(id).writeJSON(to: &buffer)
        }
        buffer.writeStaticString(#","opts":"#)
        options.writeJSON(to: &buffer)
        buffer.writeStaticString(#"},"uid":"#)
        Value.string(uid).writeJSON(to: &buffer)
        buffer.writeStaticString(#","nsp":"#)
        Value.string(namespace).writeJSON(to: &buffer)
        if let count {
            buffer.writeStaticString(#","count":"#)
            Self.value(count).writeJSON(to: &buffer)
        }
        buffer.writeStaticString("}")
        return buffer
    }
}

extension Value {
    /// Whether there is binary content anywhere in the value.
    fileprivate var hasBinary: Bool {
        switch self {
        case .binary: true
        case .array(let elements): elements.contains(where: \.hasBinary)
        case .object(let object): object.members.contains { $0.value.hasBinary }
        case .null, .bool, .int, .double, .string: false
        }
    }
}
