/// What a node says of itself at `/readyz`; gateways read it (architecture, section 4).
///
/// As JSON: `{"ready":true,"draining":false,"tag":"Ab3_x-","name":"a","sessions":123}`.
public struct NodeStatus: Sendable, Equatable, Encodable {
    /// Whether new sessions are welcome.
    public var ready: Bool
    /// Whether the node is going down: its sessions live on for a while, new ones go elsewhere.
    public var draining: Bool
    /// The six characters that every session id of this node begins with.
    public var tag: String
    /// The node's configured name.
    public var name: String
    /// Open Engine.IO sessions, all listeners together: the node's load.
    public var sessions: Int

    /// Creates a status.
    public init(ready: Bool, draining: Bool, tag: String, name: String, sessions: Int) {
        self.ready = ready
        self.draining = draining
        self.tag = tag
        self.name = name
        self.sessions = sessions
    }
}
