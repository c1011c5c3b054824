/// How a node takes part in a cluster of `@socket.io/redis-adapter` peers; the options have their names there.
public struct ClassicConfiguration: Sendable, Equatable {
    /// What all channels begin with. Default `socket.io`; peers must have the same.
    public var key = "socket.io"
    /// How long other nodes have to answer. Default 5 seconds.
    public var requestsTimeout: Duration = .seconds(5)
    /// Whether answers go to the asking node only instead of to all. Default `false`, as with the peers, which then
    /// need the same setting; answers are understood either way.
    public var publishOnSpecificResponseChannel = false
    /// How many requests may wait for answers at the same time; further ones count as not answered. Default 10,000.
    public var maxPendingRequests = 10_000

    /// Creates the default configuration.
    public init() {}
}
