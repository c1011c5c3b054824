public import NIOCore
import SocketIO

extension ShardedMessage {
    /// Decodes what another node published; `nil` for what is malformed, unknown, of another namespace, or our own.
    ///
    /// Peers before 8.3.0 do not name the namespace, which the channel does, too.
    /// - Parameters:
    ///   - payload: as received.
    ///   - uid: our own.
    ///   - namespace: with its leading slash.
    public init?(_ payload: ByteBuffer, exceptFrom uid: String, namespace: String) {
        guard let message = ClassicMessage.object(payload), message["uid"] != .string(uid),
            message["nsp"] ?? .string(namespace) == .string(namespace), let type = message["type"],
            let data = message["data"], data.object != nil, let content = Self.content(type, data)
        else { return nil }
        self.init(uid: message["uid"]?.string ?? "", content: content, count: message["count"].flatMap(Self.count))
    }

    private static func count(_ value: Value) -> PublicationCount? {
        guard let numbers = value.array, numbers.count == 2, let since = numbers[0].int, let published = numbers[1].int,
            since >= 0, published >= 0
        else { return nil }
        return PublicationCount(since: UInt64(since), published: UInt64(published))
    }

    private static func content(_ type: Value, _ data: Value) -> Content? {
        switch type {
        case .string(Kind.count): .count
        case .string(Kind.again): .again(rooms: data["rooms"]?.bool ?? true)
        default: type.int.flatMap { content($0, data) }
        }
    }

    private static func content(_ type: Int64, _ data: Value) -> Content? {
        let id = data["requestId"]?.string
        if let request = request(type, data, id) { return request }
        guard let id else { return nil }
        switch type {
        case Kind.sockets: return data["sockets"]?.array.map { .answer(.sockets($0), id: id) }
        case Kind.serverSideAnswer: return .answer(.serverSideEmit(data["packet"] ?? .null), id: id)
        case Kind.clientCount:
            guard let count = data["clientCount"]?.int, let count = Int32(exactly: count), count >= 0
            else { return nil }
            return .answer(.clientCount(Int(count)), id: id)
        case Kind.acknowledgement: return .answer(.acknowledgement(data["packet"] ?? .null), id: id)
        default: return nil
        }
    }

    private static func request(_ type: Int64, _ data: Value, _ id: String?) -> Content? {
        if type == Kind.serverSideEmit {
            return ClassicPacket.arguments(data["packet"]).map { .request(.serverSideEmit($0), id: id) }
        }
        guard let opts = data["opts"], opts.object != nil else { return nil }
        let options = BroadcastOptions(classic: opts)
        let rooms = BroadcastOptions.names(data["rooms"])
        switch type {
        case Kind.broadcast: return broadcast(data, options, id)
        case Kind.join: return .request(.join(rooms, options), id: nil)
        case Kind.leave: return .request(.leave(rooms, options), id: nil)
        case Kind.disconnect: return .request(.disconnect(options, close: data["close"]?.bool ?? false), id: nil)
        case Kind.fetchSockets: return id.map { .request(.fetchSockets(options), id: $0) }
        default: return nil
        }
    }

    /// With a request id, clients shall acknowledge.
    private static func broadcast(_ data: Value, _ options: BroadcastOptions, _ id: String?) -> Content? {
        guard let arguments = ClassicPacket.arguments(data["packet"]?["data"]) else { return nil }
        guard let id else { return .broadcast(arguments, options) }
        let timeout = ClassicRequest.timeout(data["opts"])
        return .request(.broadcast(arguments, options, timeout: timeout), id: id)
    }
}
