public import NIOCore

/// Names of the channels of one namespace, as `@socket.io/redis-adapter` has them (wire, 1.1 and 1.2).
public struct ClassicChannels: Sendable, Hashable {
    /// What every name begins with. Default `socket.io`.
    public let key: String
    /// The namespace, with its leading slash.
    public let namespace: String
    /// What the channels of all broadcasts begin with; also the channel of those that do not go to exactly one room.
    public let broadcast: String
    private let prefix: ByteBuffer

    /// Creates the names of a namespace.
    /// - Parameters:
    ///   - key: the option `key` of the peers; default `socket.io`.
    ///   - namespace: with its leading slash.
    public init(key: String = "socket.io", namespace: String) {
        self.key = key
        self.namespace = namespace
        broadcast = "\(key)#\(namespace)#"
        prefix = ByteBuffer(string: broadcast)
    }

    /// Where requests go. Its subscribers are the nodes that have the namespace (wire, 1.5).
    public var request: String { "\(key)-request#\(namespace)#" }
    /// Where answers go, unless to one node only.
    public var response: String { "\(key)-response#\(namespace)#" }

    /// Where a broadcast goes.
    /// - Parameter rooms: its target rooms.
    /// - Returns: a channel of its own for exactly one room.
    public func broadcast(to rooms: [String]) -> String {
        rooms.count == 1 ? "\(broadcast)\(rooms[0])#" : broadcast
    }

    /// Whether a channel is one of broadcasts of this namespace.
    /// - Parameter channel: its name.
    /// - Returns: whether it begins as they do.
    public func isBroadcast(_ channel: ByteBuffer) -> Bool {
        channel.getSlice(at: channel.readerIndex, length: prefix.readableBytes) == prefix
    }

    /// The room that a broadcast is for, as far as its channel tells.
    /// - Parameter channel: for which ``isBroadcast(_:)`` holds.
    /// - Returns: the one room; `nil` when there may be none or several.
    public func room(of channel: ByteBuffer) -> String? {
        let start = prefix.readableBytes
        let length = channel.readableBytes - start - 1
        guard length > 0 else { return nil }
        return channel.getString(at: channel.readerIndex + start, length: length)
    }

    /// Where answers to one node go.
    /// - Parameter uid: of the node that asked.
    /// - Returns: the channel.
    public func response(to uid: String) -> String { "\(response)\(uid)#" }
}
