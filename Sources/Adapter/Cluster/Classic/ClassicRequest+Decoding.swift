public import NIOCore
import SocketIO

extension ClassicRequest {
    /// The longest time that a peer can make us wait for acknowledgements.
    private static let longestTimeout: Int64 = 3_600_000

    /// Decodes what another node published; `nil` for what is malformed, unknown or of another namespace.
    /// - Parameters:
    ///   - payload: as received.
    ///   - namespace: with its leading slash.
    public init?(_ payload: ByteBuffer, namespace: String) {
        guard let message = ClassicMessage.object(payload), let type = message["type"]?.int,
            let kind = Self.kind(type, message, namespace: namespace)
        else { return nil }
        self.init(uid: message["uid"]?.string, requestID: message["requestId"]?.string, kind: kind)
        if needsAnswer, requestID == nil { return nil }
    }

    private var needsAnswer: Bool {
        switch kind {
        case .sockets, .allRooms, .fetchSockets, .broadcast: true
        case .join, .leave, .disconnect, .serverSideEmit: false
        }
    }

    private static func kind(_ type: Int64, _ message: Value, namespace: String) -> NodeRequest? {
        switch type {
        case 0: return .sockets(BroadcastOptions(rooms: BroadcastOptions.names(message["rooms"])))
        case 1: return .allRooms
        case 2: return selection(message).map { .join(rooms(message), $0) }
        case 3: return selection(message).map { .leave(rooms(message), $0) }
        case 4: return selection(message).map { .disconnect($0, close: message["close"]?.bool ?? false) }
        case 5: return message["opts"]?.object == nil ? nil : .fetchSockets(BroadcastOptions(classic: message["opts"]))
        case 6: return ClassicPacket.arguments(message["data"]).map { .serverSideEmit($0) }
        case 7: return broadcast(message, namespace: namespace)
        default: return nil
        }
    }

    /// Whom types 2, 3 and 4 concern; old peers name a single socket.
    private static func selection(_ message: Value) -> BroadcastOptions? {
        if let socket = message["sid"]?.string { return BroadcastOptions(rooms: [socket]) }
        return message["opts"]?.object == nil ? nil : BroadcastOptions(classic: message["opts"])
    }

    /// The rooms to join or to leave; old peers name one.
    private static func rooms(_ message: Value) -> [String] {
        BroadcastOptions.names(message["rooms"] ?? message["room"].map { .array([$0]) })
    }

    private static func broadcast(_ message: Value, namespace: String) -> NodeRequest? {
        guard let packet = message["packet"], message["opts"]?.object != nil,
            let arguments = ClassicPacket.arguments(packet, namespace: namespace)
        else { return nil }
        return .broadcast(arguments, BroadcastOptions(classic: message["opts"]), timeout: timeout(message["opts"]))
    }

    /// How long clients have to acknowledge, from the options of a broadcast.
    static func timeout(_ options: Value?) -> Duration? {
        let timeout = options?["flags"]?["timeout"]?.int
        return timeout.map { .milliseconds(max(0, min($0, longestTimeout))) }
    }
}
