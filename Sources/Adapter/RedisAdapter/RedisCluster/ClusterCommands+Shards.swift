import NIOCore
import Synchronization

/// Publications on shard channels, each in the order in which it was given.
extension ClusterCommands {
    /// What follows from giving a publication.
    private struct Outcome {
        /// A server whose queue has something to write.
        var server: RedisConfiguration.Endpoint?
        /// Whether it is the first that is kept.
        var isFirstKept = false
    }

    /// Publishes at the owner of the channel's slot. What cannot be given to it is kept, or dropped and counted.
    func publish(shard channel: String, _ payload: ByteBuffer) {
        let slot = HashSlot(of: channel)
        let outcome = state.withLock { state in
            state.lastPublication &+= 1
            let words: [RedisArgument] = ["SPUBLISH", .text(channel), .bytes(payload)]
            return publish(.init(number: state.lastPublication, slot: slot, words: words), &state)
        }
        if let server = outcome.server { wake(server) }
        if outcome.isFirstKept { retry(in: TimeAmount(configuration.timing.settling)) }
    }

    private func publish(_ entry: KeptPublications.Entry, _ state: inout State) -> Outcome {
        if !state.keeps.isEmpty, state.keeps.contains(entry.slot) { return keep(entry, &state) }
        let order = ClusterOrder(words: entry.words, route: .slot(entry.slot)) { [weak self] reply in
            if case .failure(let error) = reply { self?.notPublished(entry, error) }
        }
        switch state.moving.hold(order, of: entry.slot, limit: configuration.limits.waitingCommands) {
        case .free: break
        case .waits: return Outcome()
        case .refused: return keep(entry, &state)
        }
        guard let server = state.map[entry.slot] else { return keep(entry, &state) }
        switch give(order, to: server, &state) {
        case .first: return Outcome(server: server)
        case .queued: return Outcome()
        case .refused: return keep(entry, &state)
        }
    }

    /// With it, everything that comes after it in its slot is kept.
    private func keep(_ entry: KeptPublications.Entry, _ state: inout State) -> Outcome {
        doubts()
        guard configuration.outage != .drop else {
            state.losses.dropped += 1
            return Outcome()
        }
        let isFirst = state.keeps.isEmpty
        state.keeps.insert(entry.slot)
        state.kept.insert(entry)
        state.losses.dropped += state.kept.dropOldest(beyond: configuration.outage.keptBytes)
        return Outcome(isFirstKept: isFirst)
    }

    /// On the loop: a publication that was given has failed. What is known not to have been carried out is kept.
    private func notPublished(_ entry: KeptPublications.Entry, _ error: RedisError) {
        let outcome = state.withLock { state in
            switch error {
            case .unavailable: return keep(entry, &state)
            case .connectionLost, .timedOut: state.losses.unconfirmed += 1
            default: state.losses.dropped += 1
            }
            return Outcome()
        }
        if outcome.isFirstKept { retry(in: TimeAmount(configuration.timing.settling)) }
    }

    private func retry(in pause: TimeAmount) {
        loop.scheduleTask(in: pause) { [weak self] in self?.sendKept() }
    }

    /// On the loop. New owners of slots are given some time, until everybody has subscribed there.
    private func sendKept() {
        let settling = TimeAmount(configuration.timing.settling)
        let (servers, pause) = state.withLock { state -> (Set<RedisConfiguration.Endpoint>, TimeAmount?) in
            let settled = state.changed + settling
            if settled > .now() { return ([], settled - .now()) }
            var kept = state.kept
            (state.kept, state.keeps) = (KeptPublications(), [])
            var servers: Set<RedisConfiguration.Endpoint> = []
            while let entry = kept.popFirst() {
                if let server = publish(entry, &state).server { servers.insert(server) }
            }
            return (servers, state.keeps.isEmpty ? nil : settling)
        }
        for server in servers { wake(server) }
        if let pause { retry(in: pause) }
    }
}
