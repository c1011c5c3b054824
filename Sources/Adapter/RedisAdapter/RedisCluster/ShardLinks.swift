/// The shard channels of a client of a Redis Cluster, and a link to each server that owns some of them. Confined to the
/// client's event loop.
final class ShardLinks {
    private struct Channel {
        var slot: HashSlot
        var handler: SubscriptionLink.Handler
        /// Who was asked for it; `nil` while nobody owns the slot.
        var server: RedisConfiguration.Endpoint?
    }

    private(set) var links: [RedisConfiguration.Endpoint: SubscriptionLink] = [:]
    private var channels: [String: Channel] = [:]
    private let greeting: [[RedisArgument]]
    private let cluster: ClusterCommands
    private let health: LinkStates

    init(_ configuration: RedisConfiguration, cluster: ClusterCommands, health: LinkStates) {
        greeting = Greeting.commands(configuration, link: "shards")
        self.cluster = cluster
        self.health = health
    }

    /// Subscribes to a channel at the owner of its slot; a second handler replaces the first.
    func subscribe(_ name: String, _ handler: @escaping SubscriptionLink.Handler) {
        var channel = channels[name] ?? Channel(slot: HashSlot(of: name), handler: handler)
        channel.handler = handler
        channel.server = channel.server ?? cluster.owner(of: channel.slot)
        channels[name] = channel
        if let server = channel.server { link(server).subscribe(shard: name, handler) }
    }

    /// Ends a subscription.
    func unsubscribe(_ name: String) {
        guard let server = channels.removeValue(forKey: name)?.server else { return }
        links[server]?.unsubscribe(shard: name)
    }

    /// It is known again who owns what: every channel is subscribed at the owner of its slot, and there only.
    func assign() {
        for (name, channel) in channels {
            let owner = cluster.owner(of: channel.slot)
            if owner != channel.server {
                if let old = channel.server { links[old]?.unsubscribe(shard: name) }
                channels[name]?.server = owner
                // Until the new owner has it, not everything is subscribed.
                if let owner, links[owner] == nil { health.need(.shards(owner)) }
            }
            if let owner { link(owner).subscribe(shard: name, channel.handler) }
        }
        let masters = Set(cluster.servers)
        for (server, link) in links where !masters.contains(server) {
            links[server] = nil
            health.remove(.shards(server))
            link.link?.close("the server is not a master of the cluster any more")
        }
    }

    private func link(_ server: RedisConfiguration.Endpoint) -> SubscriptionLink {
        if let link = links[server] { return link }
        let link = SubscriptionLink(
            "shards", greeting: greeting, misplaced: { [weak cluster] in cluster?.doubts() }
        ) { [health, weak cluster] state in
            health.set(.shards(server), state)
            if state == .disconnected { cluster?.doubts() }
        }
        links[server] = link
        cluster.open(.shards(server))
        return link
    }
}
