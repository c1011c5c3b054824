import Adapter
import Cluster
import Matchmaking

/// The matchmaker's one script: the same machine as `MatchMachine`, in Lua, on shared state.
///
/// A run carries out one operation, changes the state and publishes what follows from it: one publication for each node
/// that owns a participant concerned, with all lines in order (see ``MatchNotice`` for their form). So the death of
/// whoever submitted the operation cannot leave half of it.
///
/// Keys, all of one hash tag, and all with an expiry that ``NodeMembership/keepAlive(_:)`` puts off:
/// * `KEYS[1]` sorted set of the living nodes' tags (``NodeMembership/leaseKey``),
/// * `KEYS[2]`, `KEYS[3]` queues of those who want video and of the others: member participant, score place; of the
///   common pool, while `<base>:queue:<pool>:video` and `…:text` are those of another,
/// * `KEYS[4]` the last number given to a place or a pair,
/// * `<base>:node:<tag>` hash of one node's participants, packed; so one node's can be listed,
/// * `<base>:node:lost` hash of those whose node is lost, and who may come back on another,
/// * `<base>:moved` hash of the participants that are not with the node that their id names; value: its tag, or `lost`,
/// * `<base>:away` sorted set of the participants that lost their connection; score: until when they may come back,
/// * `<base>:due` sorted set of the pools in which the passing of time alone may make a pair; score: when.
struct MatchScript {
    /// What the matchmaker is asked, by its own sockets or by this module.
    enum Request {
        case operation(MatchOperation)
        /// Pair whom the passing of time has made pairable.
        case tick
        /// Tell this node what the store has of its participants.
        case snapshot
        /// Queue somebody again at the old place whom the store has lost.
        case restore(participant: String, user: String?, wantsVideo: Bool, pool: String, place: Int64)
        /// Disconnect, or suspend, up to 200 participants of a lost node; the reply is how many remain.
        case nodeLost(tag: String)
    }

    /// The Lua text, without the part that tells the time.
    private static let parts = [
        prelude, records, publications, queue, matching, separation, absence, transitions, nodes, dispatch,
    ]

    /// The time of Redis in microseconds.
    static let redisTime = """
        local time = redis.call('TIME')
        local now = time[1] * 1000000 + time[2]

        """

    let script: RedisScript
    let keys: [String]
    private let base: String
    private let head: [RedisArgument]

    /// Describes the script of one application.
    /// - Parameters:
    ///   - space: names of the cluster's keys.
    ///   - leaseKey: sorted set of the living nodes' tags.
    ///   - profile: name of the application.
    ///   - tag: the node that will run it.
    ///   - policy: the rules of pairing.
    ///   - lifetime: how long keys live on when nobody puts their expiry off.
    ///   - time: Lua that declares `now`.
    init(
        keys space: KeySpace, leaseKey: String, profile: String, tag: NodeTag, policy: MatchPolicy,
        lifetime: Duration, time: String = redisTime
    ) {
        base = space.key(profile)
        let constants = "local lifetime = \(lifetime.milliseconds)\n"
        script = RedisScript(name: "match", source: ([time, constants] + Self.parts).joined(separator: "\n"))
        keys = [leaseKey, "\(base):queue:video", "\(base):queue:text", "\(base):number"]
        head = [.text(base), .text(Self.inbox(space, profile: profile, tag: "")), .text(tag.text)] + policy.arguments
    }

    /// The keys in which a node has something.
    /// - Parameters:
    ///   - tag: the node.
    ///   - waiting: pools and wishes of those of its participants who wait.
    /// - Returns: their names, without that of the leases.
    func keys(of tag: NodeTag, waiting: Set<MatchMirror.Queue>) -> [String] {
        let queues = waiting.map { queue in
            let wish = queue.wantsVideo ? "video" : "text"
            return queue.pool.isEmpty ? "\(base):queue:\(wish)" : "\(base):queue:\(queue.pool):\(wish)"
        }
        let shared = ["node:\(tag)", "due", "node:lost", "moved", "away"].map { "\(base):\($0)" }
        return [keys[3]] + shared + queues
    }

    /// Channel of what a node's participants must be told.
    static func inbox(_ space: KeySpace, profile: String, tag: String) -> String {
        space.channel("\(profile)-match-\(tag)")
    }

    /// The arguments of a run.
    /// - Parameters:
    ///   - request: what is asked.
    ///   - number: comes back in the reply line; 0 asks for none.
    /// - Returns: `ARGV`.
    func arguments(_ request: Request, number: UInt64) -> [RedisArgument] {
        head + [.integer(number)] + request.arguments
    }
}

extension MatchScript.Request {
    /// Name, participant (or tag), user or empty, wish (of `next`: the pair or empty), pool, place.
    fileprivate var arguments: [RedisArgument] {
        switch self {
        case .operation(.find(let id, let user, let wantsVideo, let pool)):
            ["find", .text(id), .text(user ?? ""), wantsVideo ? 1 : 0, .text(pool)]
        case .operation(.next(let id, let user, let pairID)):
            ["next", .text(id), .text(user ?? ""), .text(pairID ?? "")]
        case .operation(.leave(let id)): ["leave", .text(id)]
        case .operation(.disconnect(let id)): ["disconnect", .text(id)]
        case .operation(.suspend(let id)): ["suspend", .text(id)]
        case .operation(.resume(let id, let user)): ["resume", .text(id), .text(user ?? "")]
        case .tick: ["tick", ""]
        case .snapshot: ["snapshot", ""]
        case .restore(let id, let user, let wantsVideo, let pool, let place):
            ["restore", .text(id), .text(user ?? ""), wantsVideo ? 1 : 0, .text(pool), .integer(place)]
        case .nodeLost(let tag): ["nodeLost", .text(tag)]
        }
    }
}

extension MatchPolicy {
    /// As numbers for Lua: times in microseconds, -1 for never.
    fileprivate var arguments: [RedisArgument] {
        let rematch: Int64 =
            switch rematch {
            case .preferNew: -1
            case .baseline: 0
            case .cooldown(let pause): pause.microseconds
            }
        let mixed: Int64 =
            switch mixedMatch {
            case .never: -1
            case .immediate: 0
            case .after(let patience): patience.microseconds
            }
        return [
            .integer(rematch), .integer(mixed), mixedVideo == .any ? 1 : 0,
            requeueOnPartnerDisconnect == .server ? 1 : 0, allowSameUser ? 1 : 0,
            .integer(confirmationWindow.microseconds), .integer(reconnectGrace.microseconds),
        ]
    }
}
