import Logging
import NIOCore

/// What a client does for a Redis Cluster beside keeping its links.
extension RedisClient {
    /// Keeps a link to every server that is used.
    func keepServers(of cluster: ClusterCommands) async {
        await withDiscardingTaskGroup { group in
            for await link in cluster.openings {
                if case .commands(let server?) = link {
                    guard let queue = cluster.queue(of: server) else { continue }
                    onLoop { core in
                        core.addCommands(server, queue) { [weak cluster] state in
                            if state == .disconnected { cluster?.lost(server) }
                        }
                    }
                }
                group.addTask { await self.keep(link) }
            }
            group.cancelAll()
        }
    }

    /// Finds out who owns which slots: at first, at every sign of a change, and from time to time.
    func watchSlots(of cluster: ClusterCommands) async {
        let (moments, moment) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        await withDiscardingTaskGroup { group in
            group.addTask { for await _ in cluster.moments { moment.yield() } }
            group.addTask {
                while !Task.isCancelled {
                    moment.yield()
                    try? await Task.sleep(for: self.configuration.timing.topology)
                }
            }
            var backOff = BackOff(configuration.timing)
            var complaint: String?
            for await _ in moments {
                do throws(LinkEnd) {
                    let map = try await findSlots(of: cluster)
                    found(map, cluster)
                    complaint = nil
                    backOff.succeeded()
                    // Signs of one change come in crowds.
                    try? await Task.sleep(for: .milliseconds(100))
                } catch {
                    logger.log(
                        level: error.reason == complaint ? .debug : .info, "The slots of the cluster are not known",
                        metadata: ["reason": "\(error.reason)"])
                    complaint = error.reason
                    moment.yield()
                    try? await Task.sleep(for: backOff.pause(jitter: .random(in: 0...1)))
                }
            }
            group.cancelAll()
        }
    }

    private func found(_ map: SlotMap, _ cluster: ClusterCommands) {
        let retired = cluster.found(map)
        onLoop { core in
            for server in retired { core.removeCommands(server) }
            core.foundCluster()
        }
    }

    /// Asks one server after the other, those of the configuration last.
    private func findSlots(of cluster: ClusterCommands) async throws(LinkEnd) -> SlotMap {
        guard case .cluster(let configured) = configuration.deployment else { throw LinkEnd(reason: "no cluster") }
        let dialer = Dialer(configuration: configuration, loop: loop)
        var problem = "no server"
        let known = cluster.known.shuffled()
        for server in known + configured.filter({ !known.contains($0) }) {
            do {
                let greeting = Greeting.commands(configuration, link: "slots")
                let replies = try await Inquiry.ask(greeting + [["CLUSTER", "SLOTS"]], at: server, dialer)
                if let map = replies.last.flatMap({ SlotMap($0, asked: server) }) { return map }
                problem = "\(server) knows no owner of slots"
            } catch {
                problem = "\(server): \(RedisConfiguration.TLS.reason(error))"
            }
        }
        throw LinkEnd(reason: problem)
    }
}
