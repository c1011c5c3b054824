public import NIOCore
public import SocketIO

/// What a node answers to a request (wire, 1.4).
public struct ClassicResponse: Sendable, Equatable {
    /// What is answered.
    public enum Body: Sendable, Equatable {
        /// It was done (types 2, 3 and 4 of old peers).
        case done
        /// Rooms that have a member (to type 1).
        case rooms([String])
        /// Ids (to type 0) or descriptions `{id, handshake, rooms, data}` (to type 5) of sockets.
        case sockets([Value])
        /// What a server answered to an event (to type 6).
        case serverSideEmit(Value)
        /// To how many clients the event went (type 8, to type 7).
        case clientCount(Int)
        /// What a client acknowledged (type 9, to type 7).
        case acknowledgement(Value)
    }

    /// Of the request.
    public var requestID: String
    /// What is answered.
    public var body: Body

    /// Describes an answer.
    /// - Parameters:
    ///   - requestID: of the request.
    ///   - body: what is answered.
    public init(requestID: String, body: Body) {
        self.requestID = requestID
        self.body = body
    }

    /// Encodes it as a Node.js peer would: JSON, except for acknowledgements.
    /// - Returns: the payload.
    public func encoded() -> ByteBuffer {
        let id = Value.string(requestID)
        return switch body {
        case .done: ClassicMessage.json(["requestId": id])
        case .rooms(let rooms): ClassicMessage.json(["requestId": id, "rooms": BroadcastOptions.list(rooms)])
        case .sockets(let sockets): ClassicMessage.json(["requestId": id, "sockets": .array(sockets)])
        case .serverSideEmit(let value): ClassicMessage.json(["type": 6, "requestId": id, "data": value])
        case .clientCount(let count):
            ClassicMessage.json(["type": 8, "requestId": id, "clientCount": .int(Int64(count))])
        case .acknowledgement(let value): ClassicMessage.messagePack(["type": 9, "requestId": id, "packet": value])
        }
    }

    /// Decodes what another node published; `nil` for what is malformed.
    /// - Parameter payload: as received.
    public init?(_ payload: ByteBuffer) {
        guard let message = ClassicMessage.object(payload), let id = message["requestId"]?.string,
            let body = Self.body(message)
        else { return nil }
        self.init(requestID: id, body: body)
    }

    private static func body(_ message: Value) -> Body? {
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

    private static func untyped(_ message: Value) -> Body? {
        if let sockets = message["sockets"] { return sockets.array.map { .sockets($0) } }
        if let rooms = message["rooms"] { return rooms.array == nil ? nil : .rooms(BroadcastOptions.names(rooms)) }
        return .done
    }
}
