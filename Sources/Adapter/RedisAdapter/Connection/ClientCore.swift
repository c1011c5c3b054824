import NIOCore

/// What of a client lives on its event loop: the links and who watches them.
final class ClientCore {
    /// The connections of a client.
    enum Link: Sendable, Hashable {
        /// Commands and publications: to the one server, to the master, or to one server of a Redis Cluster.
        case commands(RedisConfiguration.Endpoint?)
        /// What is published.
        case subscriptions
        /// What is published on shard channels that one server of a Redis Cluster owns.
        case shards(RedisConfiguration.Endpoint)
        /// What sentinels say.
        case sentinel
    }

    let subscriptions: SubscriptionLink
    /// By server in a Redis Cluster; otherwise there is one, under `nil`.
    private(set) var commands: [RedisConfiguration.Endpoint?: CommandLink] = [:]
    private let sentinel: SubscriptionLink
    /// In a Redis Cluster, the shard channels.
    private var shards: ShardLinks?
    private let configuration: RedisConfiguration
    private let scripts: ScriptTable
    private let health: LinkStates

    init(_ configuration: RedisConfiguration, scripts: ScriptTable) {
        let health = LinkStates([.subscriptions, .commands(nil)])
        self.health = health
        self.configuration = configuration
        self.scripts = scripts
        let name = Link.subscriptions.name
        subscriptions = SubscriptionLink(name, greeting: Greeting.commands(configuration, link: name)) {
            health.set(.subscriptions, $0)
        }
        sentinel = SubscriptionLink(
            Link.sentinel.name, greeting: Greeting.sentinelCommands(configuration)
        ) { _ in }
    }

    /// There is a Redis Cluster.
    func use(_ cluster: ClusterCommands) {
        shards = ShardLinks(configuration, cluster: cluster, health: health)
    }

    /// Subscribes to a shard channel.
    func subscribe(shard channel: String, _ handler: @escaping SubscriptionLink.Handler) {
        guard let shards else { return subscriptions.subscribe(shard: channel, handler) }
        shards.subscribe(channel, handler)
    }

    /// Ends the subscription of a shard channel.
    func unsubscribe(shard channel: String) {
        guard let shards else { return subscriptions.unsubscribe(shard: channel) }
        shards.unsubscribe(channel)
    }

    /// What a connection does with what it receives; `nil` when it is not wanted any more.
    func role(_ link: Link) -> (any LinkRole)? {
        switch link {
        case .commands(let server): commands[server]
        case .subscriptions: subscriptions
        case .shards(let server): shards?.links[server]
        case .sentinel: sentinel
        }
    }

    /// Adds a command link.
    /// - Parameters:
    ///   - server: in a Redis Cluster, which one.
    ///   - queue: what it writes.
    ///   - changed: told about its state.
    func addCommands(
        _ server: RedisConfiguration.Endpoint?, _ queue: CommandQueue,
        changed: @escaping (RedisState) -> Void = { _ in }
    ) {
        let health = health
        commands[server] = CommandLink(configuration, queue: queue, scripts: scripts) { state in
            health.set(.commands(server), state)
            changed(state)
        }
    }

    /// Ends a command link.
    func removeCommands(_ server: RedisConfiguration.Endpoint?) {
        let removed = commands.removeValue(forKey: server)
        health.remove(.commands(server))
        // Without a connection nobody else would tell those who wait for one.
        guard let link = removed?.link else {
            removed?.unreachable()
            return
        }
        link.close("the server is not a master of the cluster any more")
    }

    /// Writes what waits for a server.
    func drain(_ server: RedisConfiguration.Endpoint?) {
        commands[server]?.drain()
    }

    /// Listens to what sentinels say about masters.
    /// - Parameter moved: called with the name of a master and its new address.
    func watchSentinels(_ moved: @escaping @Sendable (_ master: Substring, RedisConfiguration.Endpoint) -> Void) {
        sentinel.subscribe("+switch-master") { _, payload in
            guard let news = SentinelReplies.switchedMaster(String(buffer: payload)) else { return }
            moved(news.master, news.endpoint)
        }
    }

    /// Closes the links to servers other than the master.
    func masterMoved(to endpoint: RedisConfiguration.Endpoint) {
        for link in [commands[nil]?.link, subscriptions.link] {
            if let link, link.endpoint != endpoint { link.close("the master is at \(endpoint) now") }
        }
    }

    /// The servers of a Redis Cluster are known: what counts from here on are the links to them.
    func foundCluster() {
        health.remove(.commands(nil))
        shards?.assign()
    }

    /// Adds an observer and tells it the present state.
    func observe(_ observer: @escaping (RedisState) -> Void) {
        health.observe(observer)
    }
}

extension ClientCore.Link {
    /// The role in `CLIENT LIST` and in logs.
    var name: String {
        switch self {
        case .commands: "commands"
        case .subscriptions: "subscriptions"
        case .shards: "shards"
        case .sentinel: "sentinel"
        }
    }
}
