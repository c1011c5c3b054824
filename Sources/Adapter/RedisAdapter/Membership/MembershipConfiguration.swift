/// How nodes of a cluster keep an eye on each other.
public struct MembershipConfiguration: Sendable, Equatable {
    /// Names of keys and channels.
    public var keys = KeySpace()
    /// Time between two heartbeats. Default 1 second.
    public var heartbeat: Duration = .seconds(1)
    /// How long a node counts as alive after its last heartbeat, by Redis' clock. Default 4 seconds.
    public var lease: Duration = .seconds(4)
    /// How long what the nodes keep in Redis outlasts the last of them. Every key has an expiry, which living nodes put off
    /// in time. Default 1 hour.
    public var keyLifetime: Duration = .seconds(3_600)

    /// Creates the default configuration.
    public init() {}

    /// Checks what cannot work.
    /// - Throws: ``RedisError/invalidConfiguration(_:)``, which names the bad value.
    public func validate() throws(RedisError) {
        guard heartbeat >= .milliseconds(10) else {
            throw .invalidConfiguration("the heartbeat is shorter than 10 milliseconds")
        }
        guard lease >= heartbeat * 2 else {
            throw .invalidConfiguration("the lease is shorter than two heartbeats")
        }
        guard keyLifetime >= lease * 2 else {
            throw .invalidConfiguration("the keys live shorter than two leases")
        }
        guard !keys.prefix.isEmpty, !keys.prefix.contains(where: { "{}*?[]\\".contains($0) }) else {
            throw .invalidConfiguration("the prefix is empty or contains one of { } * ? [ ] \\")
        }
    }
}
