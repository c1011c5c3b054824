public import NIOCore
import SocketIO

/// What a node answers to a request (wire, 1.4).
public struct ClassicResponse: Sendable, Equatable {
    /// Of the request.
    public var requestID: String
    /// What is answered.
    public var body: NodeAnswer
    /// Of the sender, a signature of ours; Node.js peers do not sign, and do not read it.
    public var uid: String?

    /// Describes an answer.
    /// - Parameters:
    ///   - requestID: of the request.
    ///   - body: what is answered.
    ///   - uid: of the sender; default none.
    public init(requestID: String, body: NodeAnswer, uid: String? = nil) {
        self.requestID = requestID
        self.body = body
        self.uid = uid
    }

    /// Encodes it as a Node.js peer would: JSON, except for acknowledgements. A signature comes last.
    /// - Returns: the payload.
    public func encoded() -> ByteBuffer {
        var object = object
        object["uid"] = uid.map { .string($0) }
        if case .acknowledgement = body { return ClassicMessage.messagePack(.object(object)) }
        return ClassicMessage.json(.object(object))
    }

    private var object: Value.Object {
        let id = Value.Object.Member(key: "requestId", value: .string(requestID))
        func typed(_ type: Int64, _ key: String, _ value: Value) -> Value.Object {
            Value.Object([.init(key: "type", value: .int(type)), id, .init(key: key, value: value)])
        }
        return switch body {
        case .done: Value.Object([id])
        case .rooms(let rooms): Value.Object([id, .init(key: "rooms", value: BroadcastOptions.list(rooms))])
        case .sockets(let sockets): Value.Object([id, .init(key: "sockets", value: .array(sockets))])
        case .serverSideEmit(let value): typed(6, "data", value)
        case .clientCount(let count): typed(8, "clientCount", .int(Int64(count)))
        case .acknowledgement(let value): typed(9, "packet", value)
        }
    }

    /// Decodes what another node published; `nil` for what is malformed.
    /// - Parameter payload: as received.
    public init?(_ payload: ByteBuffer) {
        guard let message = ClassicMessage.object(payload), let id = message["requestId"]?.string,
            let body = Self.body(message)
        else { return nil }
        self.init(requestID: id, body: body, uid: message["uid"]?.string)
    }

    private static func body(_ message: Value) -> NodeAnswer? {
        switch message["type"]?.int {
        case 6: return .serverSideEmit(message["data"] ?? .null)
        case 8:
            guard let count = message["clientCount"]?.int, let count = Int32(exactly: count), count >= 0
            else { return nil }
            return .clientCount(Int(count))
        case 9: return .acknowledgement(message["packet"] ?? .null)
        case .some: return nil
        case nil: return untyped(message)
        }
    }

    private static func untyped(_ message: Value) -> NodeAnswer? {
        if let sockets = message["sockets"] { return sockets.array.map { .sockets($0) } }
        if let rooms = message["rooms"] { return rooms.array == nil ? nil : .rooms(BroadcastOptions.names(rooms)) }
        return .done
    }
}
