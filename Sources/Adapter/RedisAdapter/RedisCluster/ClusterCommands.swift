import NIOCore
import Synchronization

/// The way from any thread to the servers of a Redis Cluster: a queue for each server that is used.
final class ClusterCommands: Sendable {
    struct State {
        var map = SlotMap()
        var queues: [RedisConfiguration.Endpoint: CommandQueue] = [:]
        var moving = MovingSlots()
        /// Where commands without a key and classic publications go.
        var home: RedisConfiguration.Endpoint?
        /// Publications on shard channels while not every slot has a server that takes them.
        var kept = KeptPublications()
        var lastPublication: UInt64 = 0
        /// The slots whose publications on shard channels go to `kept`, until it has been tried again.
        var keeps: Set<HashSlot> = []
        /// When slots were found to be owned by others.
        var changed = NIODeadline.uptimeNanoseconds(0)
        /// What queues that are gone have lost, and publications on shard channels.
        var losses = Losses()
    }

    /// What a queue said, and which.
    typealias Given = (verdict: CommandQueue.Verdict, server: RedisConfiguration.Endpoint?)

    /// Links that are to be made.
    let openings: AsyncStream<ClientCore.Link>
    /// Moments at which it has to be found out again who owns what.
    let moments: AsyncStream<Void>
    private let opening: AsyncStream<ClientCore.Link>.Continuation
    let doubt: AsyncStream<Void>.Continuation
    let state = Mutex(State())
    let configuration: RedisConfiguration
    let loop: any EventLoop
    let wake: @Sendable (RedisConfiguration.Endpoint) -> Void

    /// - Parameters:
    ///   - configuration: bounds and patience of the queues.
    ///   - loop: where completions are called.
    ///   - wake: told that a queue has something to write.
    init(
        _ configuration: RedisConfiguration, loop: any EventLoop,
        wake: @escaping @Sendable (RedisConfiguration.Endpoint) -> Void
    ) {
        self.configuration = configuration
        self.loop = loop
        self.wake = wake
        (openings, opening) = AsyncStream.makeStream()
        (moments, doubt) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// It has to be found out again who owns what.
    func doubts() { doubt.yield() }

    /// A link is to be made.
    func open(_ link: ClientCore.Link) { opening.yield(link) }

    /// Who owns a slot.
    func owner(of slot: HashSlot) -> RedisConfiguration.Endpoint? { state.withLock { $0.map[slot] } }

    /// Every server that may know the map: masters first.
    var known: [RedisConfiguration.Endpoint] { state.withLock { $0.map.servers + $0.map.replicas } }

    /// The masters.
    var servers: [RedisConfiguration.Endpoint] { state.withLock { $0.map.servers } }

    /// The servers that are used at present.
    var connected: [RedisConfiguration.Endpoint] { state.withLock { Array($0.queues.keys) } }

    /// What all queues together have lost.
    var losses: Losses { state.withLock { $0.queues.values.reduce($0.losses) { $0 + $1.losses } } }

    /// Publications that wait for a server.
    var keptPublications: Int {
        state.withLock { $0.queues.values.reduce($0.kept.count) { $0 + $1.keptPublications } }
    }

    /// The queue of a server, while it is used.
    func queue(of server: RedisConfiguration.Endpoint) -> CommandQueue? { state.withLock { $0.queues[server] } }

    /// Gives a command to the server that it is for.
    func command(_ words: [RedisArgument], completion: @escaping RedisClient.Completion) {
        submit(ClusterOrder(words: words, route: CommandRoute(words), completion: completion))
    }

    func submit(_ order: ClusterOrder) {
        let given = state.withLock { state -> Given in
            let server: RedisConfiguration.Endpoint?
            switch order.route {
            case .home: server = state.home
            case .slot(let slot):
                switch state.moving.hold(order, of: slot, limit: configuration.limits.waitingCommands) {
                case .free: server = state.map[slot]
                case .waits: return (.queued, nil)
                case .refused: return (.refused, nil)
                }
            }
            return (server.map { give(order, to: $0, &state) } ?? .refused, server)
        }
        settle(given, order)
    }

    /// Gives a command to a certain server.
    /// - Parameters:
    ///   - order: the command.
    ///   - server: any of the cluster, or that another has named.
    ///   - asking: whether the server is told that it was named by `ASK`.
    func submit(_ order: ClusterOrder, to server: RedisConfiguration.Endpoint, asking: Bool = false) {
        settle(state.withLock { (give(order, to: server, asking: asking, &$0), server) }, order)
    }

    func give(
        _ order: ClusterOrder, to server: RedisConfiguration.Endpoint, asking: Bool = false, _ state: inout State
    ) -> CommandQueue.Verdict {
        queue(server, &state).append(order.words, asking: asking) { [weak self] in
            self?.answered(order, $0, by: server)
        }
    }

    private func queue(_ server: RedisConfiguration.Endpoint, _ state: inout State) -> CommandQueue {
        if let queue = state.queues[server] { return queue }
        let queue = CommandQueue(configuration, gate: .opening)
        state.queues[server] = queue
        opening.yield(.commands(server))
        return queue
    }

    func settle(_ given: Given, _ order: ClusterOrder) {
        switch given {
        case (.first, let server?): wake(server)
        case (.refused, _):
            doubt.yield()
            loop.execute { order.completion(.failure(.unavailable)) }
        default: break
        }
    }

    /// Publishes through the home server: the cluster carries it to all others.
    func publish(_ words: [RedisArgument]) {
        let given = state.withLock { state -> Given in
            guard let home = state.home else {
                state.losses.dropped += 1
                return (.refused, nil)
            }
            return (queue(home, &state).appendPublication(words), home)
        }
        if case (.first, let server?) = given { wake(server) }
    }
}

// MARK: - Servers

extension ClusterCommands {
    /// It is known again who owns what.
    /// - Returns: servers that no link is needed to any more.
    func found(_ map: SlotMap) -> [RedisConfiguration.Endpoint] {
        let (retired, woken) = state.withLock { state in
            var woken: [RedisConfiguration.Endpoint] = []
            if map != state.map {
                state.changed = .now()
                woken = beginMoves(to: map, &state)
            }
            state.map = map
            let retired = state.queues.keys.filter { !map.servers.contains($0) }
            if state.home.map({ !map.servers.contains($0) }) ?? true { rehome(&state) }
            for server in retired {
                guard let queue = state.queues.removeValue(forKey: server) else { continue }
                state.losses = state.losses + queue.losses
            }
            return (retired, woken)
        }
        for server in woken { wake(server) }
        return retired
    }

    /// The link to a server is lost, or could not be made.
    func lost(_ server: RedisConfiguration.Endpoint) {
        doubt.yield()
        state.withLock { state in
            if state.home == server { rehome(&state) }
        }
    }

    /// Chooses another home, which gets what the old one has kept. Any server does; one that a link leads to is better.
    private func rehome(_ state: inout State) {
        let old = state.home
        let others = state.map.servers.filter { $0 != old }
        let connected = others.filter { state.queues[$0]?.takesCommands ?? false }
        guard let new = connected.randomElement() ?? others.randomElement() else { return }
        state.home = new
        let queue = queue(new, &state)
        guard var kept = old.flatMap({ state.queues[$0] })?.takeKept() else { return }
        while let entry = kept.popFirst() { _ = queue.appendPublication(entry.words) }
    }
}
