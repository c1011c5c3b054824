import NIOCore

/// Names of the channels of one namespace, as `@socket.io/redis-adapter` has them (wire, 1.1 and 1.2).
public struct ClassicChannels: Sendable, Hashable {
    /// What every name begins with. Default `socket.io`.
    public let key: String
    /// The namespace, with its leading slash.
    public let namespace: String

    /// Creates the names of a namespace.
    /// - Parameters:
    ///   - key: the option `key` of the peers; default `socket.io`.
    ///   - namespace: with its leading slash.
    public init(key: String = "socket.io", namespace: String) {
        self.key = key
        self.namespace = namespace
    }

    /// What the channels of all broadcasts begin with; also the channel of those that do not go to exactly one room.
    public var broadcast: String { "\(key)#\(namespace)#" }
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

    /// Where answers to one node go.
    /// - Parameter uid: of the node that asked.
    /// - Returns: the channel.
    public func response(to uid: String) -> String { "\(response)\(uid)#" }
}
