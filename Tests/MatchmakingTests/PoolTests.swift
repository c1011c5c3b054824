import Testing

@testable import Matchmaking

/// The waiting queue split by pool.
@Suite struct PoolTests {
    var chats = Scene()

    @Test("only participants of one pool are paired, in order of arrival") mutating func onePool() {
        chats.find("a", pool: "north")
        #expect(chats.find("b").events == [.waiting("b")])
        #expect(chats.find("c", pool: "south").events == [.waiting("c")])
        #expect(
            chats.find("d", pool: "north").events == [
                .waiting("d"), .start("a", "d", chats.pair), .start("d", "a", chats.pair),
            ])
        #expect(chats.find("e").events.dropFirst() == [.start("b", "e", chats.pair), .start("e", "b", chats.pair)])
    }

    @Test("find with another pool while waiting moves there, find without one to the common pool")
    mutating func moves() {
        chats.find("a", pool: "north")
        chats.find("a", pool: "south")
        #expect(chats.find("b", pool: "north").events == [.waiting("b")])
        #expect(chats.find("b", pool: "south").reply == .chatting(pairID: chats.pair))
        chats.find("c", pool: "south")
        chats.find("c")
        #expect(chats.find("d").reply == .chatting(pairID: chats.pair))
    }

    @Test("next stays in the pool") mutating func next() {
        chats.find("a", pool: "north")
        chats.find("b", pool: "north")
        chats.find("c")
        #expect(chats.next("a").reply == .chatting(pairID: chats.pair), "nobody else is there: the former partner")
        chats.find("d", pool: "north")
        #expect(chats.next("a").events.contains(.start("d", "a", chats.pair)))
    }

    @Test("members of a pair who were told different pools are queued in their own") mutating func parted() {
        chats.find("a", pool: "north")
        chats.find("b", pool: "north")
        // The server queued and paired both again; within the window b confirms, with a new pool for afterwards.
        chats.next("a")
        chats.find("b", pool: "south")
        let events = chats.next("a").events
        #expect(!events.contains { if case .chatStart = $0 { true } else { false } })
        #expect(chats.find("c", pool: "south").events.contains(.start("b", "c", chats.pair)))
        #expect(chats.find("d", pool: "north").events.contains(.start("a", "d", chats.pair)))
    }

    @Test("a lost node's survivors are queued in their pools") func nodeLost() {
        var policy = MatchPolicy()
        policy.requeueOnPartnerDisconnect = .server
        var chats = Scene(policy: policy)
        for (lost, live, pool) in [("lost0-a", "live0-a", "north"), ("lost0-b", "live0-b", "south")] {
            chats.find(lost, pool: pool)
            chats.find(live, pool: pool)
        }
        let events = chats.nodeLost("lost0-")
        #expect(events.count { if case .waiting = $0 { true } else { false } } == 2)
        #expect(!events.contains { if case .chatStart = $0 { true } else { false } })
    }

    @Test("a tick pairs in every pool whose time has come, and in no other") func ticks() {
        var chats = Scene(policy: .mixed(.after(.seconds(2))))
        let start = chats.now
        for (number, pool) in ["north", "south", "east"].enumerated() {
            chats.now = start + .seconds(number)
            chats.find("\(pool)-video", video: true, pool: pool)
            chats.find("\(pool)-text", pool: pool)
            #expect(chats.machine.nextTick == start + .seconds(2))
        }
        chats.now = start + .seconds(3)
        let events = chats.tick()
        #expect(events.map(\.participant) == ["north-video", "north-text", "south-video", "south-text"])
        #expect(chats.machine.nextTick == start + .seconds(4))
        chats.now = start + .seconds(4)
        #expect(chats.tick().count == 2)
        #expect(chats.machine.nextTick == nil)
    }

    @Test("thousands of pools with one waiter each: a step looks at one of them, and none is left behind")
    mutating func manyPools() {
        for number in 0..<5_000 { _ = chats.machine.apply(.waits(number), now: chats.now) }
        #expect(chats.machine.pools.count == 5_000)
        for number in 0..<5_000 { _ = chats.machine.apply(.disconnect(participant: "p\(number)"), now: chats.now) }
        #expect(chats.machine.pools.isEmpty && chats.machine.participants.isEmpty)
    }
}

extension MatchOperation {
    fileprivate static func waits(_ number: Int) -> Self {
        .find(participant: "p\(number)", user: nil, wantsVideo: false, pool: "pool\(number)")
    }
}
