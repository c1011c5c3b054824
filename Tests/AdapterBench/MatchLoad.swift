import Adapter
import Cluster
import Logging
import Matchmaking
import NIOCore
import RedisAdapter
import Synchronization

/// Participants that look for a partner; one of every new pair asks for the next at once.
final class MatchLoad: Load {
    private let matches = Atomic(0)
    private let isRunning = Atomic(false)
    private let matchmakers: [RedisMatchmaker]
    private let participants: [(id: String, matchmaker: RedisMatchmaker)]

    init(_ command: MatchesCommand, _ bench: Bench) {
        var logger = Logger(label: "switchboard-adapterbench")
        logger.logLevel = .error
        let matchmakers = bench.nodes.map { [logger] node in
            RedisMatchmaker(redis: node.redis, membership: node.membership, logger: logger)
        }
        self.matchmakers = matchmakers
        participants = (0..<command.participants).map { number in
            let node = bench.nodes[number % bench.nodes.count]
            let text = String(number)
            let id = node.membership.tag.text + String(repeating: "0", count: max(0, 14 - text.utf8.count)) + text
            return (id, matchmakers[number % matchmakers.count])
        }
    }

    var completed: Int { matches.load(ordering: .relaxed) }

    func start() async throws {
        isRunning.store(true, ordering: .relaxed)
        for matchmaker in matchmakers { matchmaker.start(Partner(load: self, matchmaker: matchmaker)) }
        for matchmaker in matchmakers { try await matchmaker.waitUntilReady(within: .seconds(10)) }
        for participant in participants {
            participant.matchmaker.submit(
                .find(participant: participant.id, user: nil, wantsVideo: false)
            ) { _ in }
        }
    }

    func reset() {}

    func stop() async throws -> [(name: String, value: String)] {
        isRunning.store(false, ordering: .relaxed)
        for participant in participants {
            await withCheckedContinuation { continuation in
                participant.matchmaker.submit(.disconnect(participant: participant.id)) { _ in continuation.resume() }
            }
        }
        return []
    }

    fileprivate func paired(_ participant: String, with partner: String, by matchmaker: RedisMatchmaker) {
        guard participant < partner else { return }
        matches.add(1, ordering: .relaxed)
        guard isRunning.load(ordering: .relaxed) else { return }
        matchmaker.submit(.next(participant: participant, user: nil)) { _ in }
    }
}

/// The application of one node.
private struct Partner: MatchEvents {
    let load: MatchLoad
    let matchmaker: RedisMatchmaker

    func happened(_ event: MatchEvent) {
        guard case .chatStart(let participant, let partner, _, _) = event else { return }
        load.paired(participant, with: partner, by: matchmaker)
    }
}
