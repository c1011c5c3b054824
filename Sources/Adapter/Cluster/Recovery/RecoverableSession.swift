public import SocketIO

/// What is kept of a socket that lost its connection, so that it can be restored (wire, section 7).
public struct RecoverableSession: Sendable, Equatable {
    /// The socket id, which the restored socket has again.
    public var id: String
    /// The private id, by which its client proves that it is the one. Only that client and the server know it.
    public var pid: String
    /// The namespace, with its leading slash.
    public var namespace: String
    /// The rooms that it was in, its own id included.
    public var rooms: [String]
    /// The application's own description of the client.
    public var data: Value
    /// The offset at which the socket was connected, for a client that has received nothing since.
    public var start: String
    /// What it had received when it was restored, the last time and perhaps the time before; empty before that, and where
    /// nodes share nothing.
    public var restorations: [Restoration]

    /// Describes a lost socket.
    /// - Parameters:
    ///   - id: the socket id.
    ///   - pid: the private id.
    ///   - namespace: the namespace, with its leading slash.
    ///   - rooms: the rooms that it was in, its own id included.
    ///   - data: the application's own description of the client.
    ///   - start: the offset at which it was connected.
    ///   - restorations: what it had received when it was restored; default: it was not.
    public init(
        id: String, pid: String, namespace: String, rooms: [String], data: Value, start: String,
        restorations: [Restoration] = []
    ) {
        self.id = id
        self.pid = pid
        self.namespace = namespace
        self.rooms = rooms
        self.data = data
        self.start = start
        self.restorations = restorations
    }
}
