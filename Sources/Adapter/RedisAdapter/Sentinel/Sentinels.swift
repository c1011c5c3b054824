import Synchronization

/// The sentinels of one master: those of the configuration, and those that they know.
final class Sentinels: Sendable {
    /// How many are remembered at most.
    private static let most = 32

    let master: String
    private let configured: [RedisConfiguration.Endpoint]
    private let known: Mutex<[RedisConfiguration.Endpoint]>

    init(_ endpoints: [RedisConfiguration.Endpoint], master: String) {
        self.master = master
        configured = endpoints
        known = Mutex(endpoints)
    }

    /// Every sentinel, the one that answered last first.
    var endpoints: [RedisConfiguration.Endpoint] { known.withLock { $0 } }

    /// Asks one sentinel after the other where the master is.
    /// - Parameter dialer: makes the connections.
    /// - Returns: where the first that knows it says that it is.
    /// - Throws: ``LinkEnd`` with what the last of them said, if none knows.
    func findMaster(_ dialer: Dialer) async throws(LinkEnd) -> RedisConfiguration.Endpoint {
        var problem = "no sentinel"
        let greeting = Greeting.sentinelCommands(dialer.configuration)
        for sentinel in endpoints {
            do {
                let replies = try await Inquiry.ask(greeting + SentinelReplies.questions(master), at: sentinel, dialer)
                    .dropFirst(greeting.count)
                guard let address = replies.first, let others = replies.last,
                    let endpoint = SentinelReplies.master(address, asked: sentinel)
                else {
                    problem = "sentinel \(sentinel) does not know \(master)"
                    continue
                }
                learnt(SentinelReplies.sentinels(others, asked: sentinel), from: sentinel)
                return endpoint
            } catch {
                problem = "sentinel \(sentinel): \(RedisConfiguration.TLS.reason(error))"
            }
        }
        throw LinkEnd(reason: problem)
    }

    /// Those of the configuration are never forgotten.
    private func learnt(_ others: [RedisConfiguration.Endpoint], from sentinel: RedisConfiguration.Endpoint) {
        var all = [sentinel]
        for endpoint in configured + others where !all.contains(endpoint) { all.append(endpoint) }
        known.withLock { $0 = Array(all.prefix(max(Self.most, configured.count + 1))) }
    }
}
