public import Cluster
public import Logging
import NIOCore
public import ServiceLifecycle
import Synchronization

/// Which nodes of the cluster are alive. Each incarnation holds a lease in Redis and renews it with every heartbeat;
/// every heartbeat also looks for leases that are over.
///
/// After a node whose lease is over (it was killed, is frozen, or cannot reach Redis), *every* survivor carries out the
/// registered clean-ups, so none of them can fail half-way for all. A clean-up is an atomic script that changes nothing
/// when it runs twice, and nothing when the tag holds a lease (`redis.call('ZSCORE', leaseKey, tag)` is not false): the
/// node may have come back.
///
/// A node that finds its own lease over first carries out the clean-ups for itself, takes a new lease and then tells
/// its ``onLapsed(_:)`` listeners: at that moment nothing of it is left in Redis, and everything is to be registered
/// again. The same happens after Redis came back empty. Time in which Redis stood still ends no lease.
///
/// If this process itself stood still meanwhile, its clients have been given up, too, by gateways and by their own
/// heartbeats: ``onStandstill(_:)`` listeners are told first, so that it does not go on with what it knew.
public final class NodeMembership: Service {
    /// Removes what a lost node left in Redis. To be answered with whether that succeeded; if not, it is tried again.
    public typealias CleanUp = @Sendable (_ tag: NodeTag, _ done: @escaping @Sendable (Bool) -> Void) -> Void

    struct State {
        var cleanUps: [CleanUp] = []
        var keptKeys: [@Sendable () -> [String]] = []
        /// When the expiry of these is to be put off.
        var nextKeeping: NIODeadline = .uptimeNanoseconds(0)
        var lapsedListeners: [@Sendable () -> Void] = []
        var lostListeners: [@Sendable (NodeTag) -> Void] = []
        var living: [NodeTag: String] = [:]
        /// Nodes that were alive before, the latest last.
        var lost: [NodeTag] = []
        /// Tags that this node is cleaning up after.
        var cleaning: Set<NodeTag> = []
        var hasJoined = false
        /// The lease was given back for good.
        var hasLeft = false
        var standstill = Standstill()
        var standstillListeners: [@Sendable () -> Void] = []
        var heldUntil: NIODeadline = .uptimeNanoseconds(0)
    }

    /// This incarnation.
    public let tag: NodeTag
    /// Names of the cluster's keys and channels.
    public let keys: KeySpace
    let redis: RedisClient
    let configuration: MembershipConfiguration
    let information: @Sendable () -> String
    let logger: Logger
    let state = Mutex(State())

    /// Key of the sorted set that has each living node's tag as a member.
    public var leaseKey: String { keys.key("leases") }
    var lapsedKey: String { keys.key("lapsed") }
    /// Key of the hash that has, for each living node's tag, what it tells about itself.
    public var nodesKey: String { keys.key("nodes") }

    /// Creates the membership of this process; ``run()`` takes the lease.
    /// - Parameters:
    ///   - redis: the cluster's Redis.
    ///   - tag: this incarnation, drawn at start.
    ///   - configuration: intervals and names; validated by its maker.
    ///   - logger: told about nodes found and lost.
    ///   - information: what this node tells about itself with each heartbeat (for gateways and operators); text of
    ///     any form, default empty.
    public init(
        redis: RedisClient, tag: NodeTag, configuration: MembershipConfiguration = MembershipConfiguration(),
        logger: Logger, information: @escaping @Sendable () -> String = { "" }
    ) {
        self.redis = redis
        self.tag = tag
        self.configuration = configuration
        self.logger = logger
        self.information = information
        keys = configuration.keys
        for script in [MembershipScripts.heartbeat, MembershipScripts.leave, MembershipScripts.cleaned] {
            redis.register(script)
        }
    }

    /// The living nodes, this one included, as of the last heartbeat, with what each tells about itself.
    public var liveNodes: [NodeTag: String] { state.withLock { $0.living } }

    /// Whether a node is alive, as of the last heartbeat.
    /// - Parameter tag: an incarnation.
    /// - Returns: whether it holds a lease.
    public func isLive(_ tag: NodeTag) -> Bool { state.withLock { $0.living[tag] != nil } }

    /// Whether this node can be sure that nobody has cleaned up after it: its lease was renewed recently enough.
    public var holdsLease: Bool { state.withLock { $0.heldUntil > .now() } }

    /// Registers what is to be done after a lost node. To be called before ``run()``.
    /// - Parameter cleanUp: called on the Redis event loop, possibly several times for one tag, by every survivor.
    public func registerCleanUp(_ cleanUp: @escaping CleanUp) {
        state.withLock { $0.cleanUps.append(cleanUp) }
    }

    /// Registers keys whose expiry is put off for as long as this node lives, several times in each
    /// ``MembershipConfiguration/keyLifetime``. Whoever writes a key gives it that expiry first. To be called before
    /// ``run()``.
    /// - Parameter keys: names of the keys, as of now, made by ``keys``; called on any thread.
    public func keepAlive(_ keys: @escaping @Sendable () -> [String]) {
        state.withLock { $0.keptKeys.append(keys) }
    }

    /// Asks to be told that everything of this node has been removed from Redis and is to be registered again.
    /// - Parameter listener: called on the Redis event loop, when the new lease is held.
    public func onLapsed(_ listener: @escaping @Sendable () -> Void) {
        state.withLock { $0.lapsedListeners.append(listener) }
    }

    /// Asks to be told that this process stood still (frozen, or without a processor) until its lease was over.
    /// - Parameter listener: called on the Redis event loop, before a new lease is taken.
    public func onStandstill(_ listener: @escaping @Sendable () -> Void) {
        state.withLock { $0.standstillListeners.append(listener) }
    }

    /// Asks to be told about nodes that are gone, also those that left in good order.
    /// - Parameter listener: called on the Redis event loop, once for each.
    public func onNodeLost(_ listener: @escaping @Sendable (NodeTag) -> Void) {
        state.withLock { $0.lostListeners.append(listener) }
    }
}
