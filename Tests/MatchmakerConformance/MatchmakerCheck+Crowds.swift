import Adapter
import Matchmaking
import Synchronization
import Testing

extension MatchmakerCheck {
    static let crowds = [
        MatchmakerCheck("43: one by one over all nodes, neighbours are paired") { cluster in
            let ids = (0...20).map { cluster.id("p\($0)", on: $0) }
            for id in ids { try await cluster.find(id) }
            for index in stride(from: 0, to: 20, by: 2) {
                try await cluster.expect(ids[index], "waiting", "start \(ids[index + 1])")
            }
            try await cluster.expect(ids[20], "waiting")
        },
        MatchmakerCheck("60: 300 at once: all are paired, partners agree, nobody twice") { cluster in
            let ids = (0..<300).map { cluster.id("p\($0)", on: $0) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, id) in ids.enumerated() {
                    group.addTask { try await cluster.find(id, video: index % 2 == 0) }
                }
                try await group.waitForAll()
            }
            try await cluster.settle()
            let partners = Dictionary(uniqueKeysWithValues: ids.map { ($0, cluster.partner(of: $0)) })
            for (id, partner) in partners {
                #expect(partner != nil && partner != id)
                #expect(partners[partner ?? ""] == id)
            }
        },
        MatchmakerCheck("62: the completion comes right after the events of its operation") { cluster in
            let node = cluster.nodes[0]
            let (a, b) = (cluster.id("a"), cluster.id("b"))
            let seen = Mutex<[Int]>([])
            for id in [a, b] {
                await withCheckedContinuation { continuation in
                    node.matchmaker.submit(.find(participant: id, user: nil, wantsVideo: false)) { _ in
                        seen.withLock { $0.append(node.events.count) }
                        continuation.resume()
                    }
                }
            }
            #expect(seen.withLock { $0 } == [1, 4])
        },
        MatchmakerCheck("operations of one thread take effect in the order submitted") { cluster in
            let node = cluster.nodes[0]
            let id = cluster.id("a")
            let replies = Mutex<[MatchReply]>([])
            for _ in 0..<100 {
                for operation in [
                    MatchOperation.find(participant: id, user: nil, wantsVideo: false), .leave(participant: id),
                ] {
                    node.matchmaker.submit(operation) { reply in
                        if let reply = try? reply.get() { replies.withLock { $0.append(reply) } }
                    }
                }
            }
            try await cluster.settle()
            #expect(replies.withLock { $0 } == (0..<200).map { $0 % 2 == 0 ? .waiting : .idle })
        },
        MatchmakerCheck("an operation may be submitted from within a completion") { cluster in
            let node = cluster.nodes[0]
            let (a, b, c) = (cluster.id("a"), cluster.id("b"), cluster.id("c", on: 1))
            try await cluster.find(a)
            await withCheckedContinuation { continuation in
                node.matchmaker.submit(.find(participant: b, user: nil, wantsVideo: false)) { _ in
                    node.matchmaker.submit(.leave(participant: b)) { _ in continuation.resume() }
                }
            }
            try await cluster.expect(a, "waiting", "start \(b)", "left \(b)")
            try await cluster.expect(b, "waiting", "start \(a)")
            #expect(try await cluster.find(c) == .waiting)
        },
    ]
}

extension MatchCluster {
    /// The only partner that a participant ever got, if it got one.
    fileprivate func partner(of id: String) -> String? {
        let partners = node(of: id).events.compactMap { event -> String? in
            if case .chatStart(id, let partner, _, _) = event { partner } else { nil }
        }
        return partners.count == 1 ? partners.first : nil
    }
}
