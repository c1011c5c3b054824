import NIOCore

/// What of a client lives on its event loop: the two links and who watches them.
final class ClientCore {
    /// The two connections.
    enum Link: Sendable {
        case commands
        case subscriptions
    }

    let commands: CommandLink
    let subscriptions: SubscriptionLink
    private let health: Health

    /// The states of the links, and the worse of them for those who ask.
    private final class Health {
        var links: [RedisState] = [.disconnected, .disconnected]
        var observers: [(RedisState) -> Void] = []
        var state: RedisState { links.min() ?? .disconnected }

        func changed(_ link: Int, _ new: RedisState) {
            let old = state
            links[link] = new
            guard state != old else { return }
            for observer in observers { observer(state) }
        }
    }

    init(_ configuration: RedisConfiguration, queue: CommandQueue, scripts: ScriptTable) {
        let health = Health()
        self.health = health
        commands = CommandLink(configuration, queue: queue, scripts: scripts) { health.changed(0, $0) }
        subscriptions = SubscriptionLink(configuration) { health.changed(1, $0) }
    }

    /// What one of the connections does with what it receives.
    func role(_ link: Link) -> any LinkRole {
        switch link {
        case .commands: commands
        case .subscriptions: subscriptions
        }
    }

    /// Adds an observer and tells it the present state.
    func observe(_ observer: @escaping (RedisState) -> Void) {
        health.observers.append(observer)
        observer(health.state)
    }
}
