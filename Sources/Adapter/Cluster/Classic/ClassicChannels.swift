public import NIOCore
import SocketIO

/// Names of the channels of one namespace, as `@socket.io/redis-adapter` has them (wire, 1.1 and 1.2).
public struct ClassicChannels: Sendable, Hashable {
    /// What every name begins with. Default `socket.io`.
    public let key: String
    /// The namespace, with its leading slash.
    public let namespace: String
    /// What the channels of all broadcasts begin with; also the channel of those that do not go to exactly one room.
    public let broadcast: String

    /// Creates the names of a namespace.
    /// - Parameters:
    ///   - key: the option `key` of the peers; default `socket.io`.
    ///   - namespace: with its leading slash.
    public init(key: String = "socket.io", namespace: String) {
        self.key = key
        self.namespace = namespace
        broadcast = "\(key)#\(namespace)#"
    }

    /// Where requests go. Its subscribers are the nodes that have the namespace (wire, 1.5).
    public var request: String { "\(key)-request#\(namespace)#" }
    /// Where answers go, unless to one node only.
    public var response: String { "\(key)-response#\(namespace)#" }

    /// Where a broadcast goes.
    /// - Parameter rooms: its target rooms.
    /// - Returns: a channel of its own for exactly one room.
    public func broadcast(to rooms: [String]) -> String {
        guard rooms.count == 1, let room = rooms.first else { return broadcast }
        return String(unsafeUninitializedCapacity: broadcast.utf8.count + room.utf8.count + 1) { memory in
            var count = memory.initialize(fromContentsOf: broadcast.utf8)
            count = memory[count...].initialize(fromContentsOf: room.utf8)
            memory.initializeElement(at: count, to: UInt8(ascii: "#"))
            return count + 1
        }
    }

    /// Whom a broadcast is for, as far as its channel tells.
    public enum Target: Sendable, Equatable {
        /// Members of this room only.
        case room(String)
        /// Everybody, or members of several rooms.
        case anybody
    }

    /// Whom a broadcast is for.
    /// - Parameter channel: where it came.
    /// - Returns: what the channel tells; `nil` if it is none of broadcasts of this namespace.
    public func target(of channel: ByteBuffer) -> Target? {
        let bytes = channel.readableBytesSpan
        let start = broadcast.utf8.count
        guard bytes.byteCount >= start, bytes.equals(0..<start, text: broadcast) else { return nil }
        let length = bytes.byteCount - start - 1
        return length > 0 ? .room(bytes.string(start..<(start + length))) : .anybody
    }

    /// Where answers to one node go.
    /// - Parameter uid: of the node that asked.
    /// - Returns: the channel.
    public func response(to uid: String) -> String { "\(response)\(uid)#" }
}
