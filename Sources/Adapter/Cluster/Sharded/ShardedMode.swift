/// Which rooms have a channel of their own with the sharded adapter; `subscriptionMode` of the peers, which must agree.
public enum ShardedMode: String, Sendable, CaseIterable {
    /// Rooms that sockets have joined. The default: only nodes with a member receive what goes to one such room; a
    /// subscription comes and goes with the first and the last member on a node.
    case dynamic
    /// None: two subscriptions for each namespace, and every node receives everything. For many short-lived rooms.
    case `static`
    /// Also the rooms that sockets' own ids are: one subscription more for each socket. For much traffic to single sockets.
    case dynamicPrivate = "dynamic-private"
}
