import Cluster
public import EngineIO
import NIOCore
public import SocketIO

/// A client asks to join a namespace: what a middleware sees, and what it can give to the socket that may come.
public struct ConnectContext: Sendable {
    /// The id that the socket will have.
    public internal(set) var socketID: String
    /// Name of the namespace, with its leading slash.
    public let namespace: String
    /// What the pattern of ``Server/namespaces(matching:)`` captured from the name; empty for other namespaces.
    public internal(set) var parameters: [String: String] = [:]
    /// The HTTP request that opened the session.
    public let handshake: Handshake
    /// What the client passed as `auth`; an empty object if nothing.
    public let auth: Value
    /// Becomes ``Socket/data``: seen by `fetchSockets` of every node. An empty object at first.
    public var data: Value = [:]
    /// Becomes ``Socket/storage``: typed values that stay on this node.
    public var storage = SocketStorage()
    /// The socket that it had before, if it shall get that one back.
    var former: RecoverableSession?
    /// When the client asked.
    let began = NIODeadline.now()

    /// Whether the client gets a socket back that it had before it lost its connection. Its ``data`` is then what it
    /// was.
    public var isRecovered: Bool { former != nil }
}
