public import SocketIO

/// What nodes with the sharded adapter say to each other: an object `{type, data, uid, nsp}` (wire, 3).
public struct ShardedMessage: Sendable, Equatable {
    /// What is said.
    public enum Content: Sendable, Equatable {
        /// An event for clients (type 3).
        case broadcast(Arguments, BroadcastOptions)
        /// A request (types 3 to 7 and 9), with its id if it wants answers.
        case request(NodeRequest, id: String?)
        /// An answer (types 8 and 10 to 12) to the request of that id.
        case answer(NodeAnswer, id: String)
        /// Nothing but the ``ShardedMessage/count`` (type `count`). This and the next type are our own: Node.js peers leave
        /// out what they do not know.
        case count
        /// Whoever has been away asks everybody for a ``count`` on the channels that it always has, and perhaps on those of
        /// rooms (type `again`, `{rooms}`).
        case again(rooms: Bool)
    }

    /// Of the sender: 16 characters. Empty if it did not say.
    public var uid: String
    /// What is said.
    public var content: Content
    /// How much the sender has published on this channel before, all of it sent before this; `nil` if it does not count.
    /// Two numbers more in the object, which Node.js peers do not look at: `count: [since, published]`.
    public var count: PublicationCount?

    /// Describes a message.
    /// - Parameters:
    ///   - uid: of the sender.
    ///   - content: what is said.
    ///   - count: how much was published before; default is not to tell.
    public init(uid: String, content: Content, count: PublicationCount? = nil) {
        self.uid = uid
        self.content = content
        self.count = count
    }
}

extension ShardedMessage {
    /// The numbers of the types.
    enum Kind {
        static let broadcast: Int64 = 3
        static let join: Int64 = 4
        static let leave: Int64 = 5
        static let disconnect: Int64 = 6
        static let fetchSockets: Int64 = 7
        static let sockets: Int64 = 8
        static let serverSideEmit: Int64 = 9
        static let serverSideAnswer: Int64 = 10
        static let clientCount: Int64 = 11
        static let acknowledgement: Int64 = 12
        static let count = "count"
        static let again = "again"
    }
}
