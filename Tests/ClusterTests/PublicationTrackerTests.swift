import Cluster
import NIOCore
import SocketIO
import Testing

/// Gaps found by counting.
@Suite struct PublicationTrackerTests {
    var tracker = PublicationTracker(limit: 2)
    let ann: PublisherID
    let bob: PublisherID

    init() throws {
        ann = try #require(PublisherID(uid: "annann"))
        bob = try #require(PublisherID(uid: "bobbob"))
    }

    @Test("counting begins with the first announcement; who receives everything has no gap")
    mutating func complete() {
        tracker.received(from: ann)
        #expect(tracker.announced(7, by: ann) == .began)
        for count in UInt64(8)...20 {
            tracker.received(from: ann)
            #expect(tracker.announced(count, by: ann) == .complete)
        }
    }

    @Test("what is announced and did not come is missed, once") mutating func missed() {
        _ = tracker.announced(0, by: ann)
        tracker.received(from: ann)
        #expect(tracker.announced(4, by: ann) == .missed(3))
        #expect(tracker.announced(4, by: ann) == .complete)
        tracker.received(from: ann)
        #expect(tracker.announced(5, by: ann) == .complete)
        #expect(tracker.announced(.max, by: ann) == .missed(.max))
    }

    @Test("what overtakes an announcement is no gap, and hides none for longer than to the next quiet moment")
    mutating func overtaking() {
        _ = tracker.announced(0, by: ann)
        for _ in 0..<3 { tracker.received(from: ann) }
        #expect(tracker.announced(2, by: ann) == .complete)
        // Of 4 to 6 the fifth is lost, and the sixth came before the announcement of the fifth.
        for _ in 0..<2 { tracker.received(from: ann) }
        #expect(tracker.announced(5, by: ann) == .complete)
        #expect(tracker.announced(6, by: ann) == .missed(1))
    }

    @Test("publishers are counted apart, know their nodes, and are forgotten when they end")
    mutating func publishers() throws {
        let node = try #require(NodeTag("node_1"))
        _ = tracker.announced(0, by: ann, of: node)
        _ = tracker.announced(0, by: bob)
        tracker.received(from: bob)
        #expect(tracker.announced(1, by: ann) == .missed(1))
        #expect(tracker.announced(1, by: bob) == .complete)
        #expect(tracker.node(of: ann) == node && tracker.node(of: bob) == nil)
        tracker.ended(ann)
        #expect(tracker.announced(9, by: ann) == .began)
    }

    @Test("beyond the limit whoever was silent for longest is forgotten") mutating func limit() throws {
        let cid = try #require(PublisherID(uid: "cidcid"))
        for publisher in [ann, bob, ann, cid] { _ = tracker.announced(1, by: publisher) }
        #expect(tracker.announced(2, by: ann) == .missed(1))
        #expect(tracker.announced(2, by: bob) == .began)
    }

    @Test("a count that is begun again is expected whole; of one that has ended nothing is learnt")
    mutating func begunAgain() {
        #expect(tracker.announced(5, by: ann, since: 1) == .began)
        #expect(tracker.announced(2, by: ann, since: 2) == .missed(2))
        tracker.received(from: ann)
        #expect(tracker.announced(9, by: ann, since: 1) == .complete)
        #expect(tracker.announced(3, by: ann, since: 2) == .complete)
        #expect(tracker.announced(4, by: ann, since: 2) == .missed(1))
    }

    @Test("the publisher of a broadcast is seen without decoding") func publisherOfBroadcast() throws {
        let broadcast = ClassicBroadcast(arguments: ["b"], options: BroadcastOptions())
        #expect(PublisherID(broadcast: broadcast.encoded(uid: "annann", namespace: "/")) == ann)
        #expect(PublisherID(broadcast: broadcast.encoded(uid: "emitter", namespace: "/")) == nil)
        for payload in [ByteBuffer(), ByteBuffer(bytes: [0x93, 0xA6, 1, 2]), ByteBuffer(string: "{\"type\":1}")] {
            #expect(PublisherID(broadcast: payload) == nil)
        }
        #expect(PublisherID(uid: "too long") == nil)
    }

    @Test("the publishers of the sharded format are 16 hexadecimal digits")
    func publisherOfSharded() throws {
        let one = try #require(PublisherID(shardedUID: "00000000000000ff"))
        #expect(one == PublisherID(shardedUID: "00000000000000fF"))
        #expect(one != PublisherID(shardedUID: "00000000000000fe"))
        for uid in ["", "ff", "00000000000000fg", "000000000000000ff", "emitter"] {
            #expect(PublisherID(shardedUID: uid) == nil)
        }
    }
}

/// How much was published on each channel.
@Suite struct ChannelCountsTests {
    var counts = ChannelCounts(permanent: "all", start: 10, limit: 3)

    @discardableResult
    mutating func publish(_ channel: String) -> PublicationCount {
        let count = counts.count(on: channel)
        counts.published(on: channel, after: count)
        return count
    }

    func count(_ since: UInt64, _ published: UInt64) -> PublicationCount {
        PublicationCount(since: since, published: published)
    }

    @Test("each channel is counted apart") mutating func apart() {
        for _ in 0..<3 { publish("a") }
        publish("all")
        #expect(counts.count(on: "a") == count(11, 3) && counts.count(on: "all") == count(10, 1))
        #expect(counts.count(on: "b") == count(12, 0))
    }

    @Test("a channel that is not used is forgotten, and begins again under a greater number") mutating func aging() {
        publish("a")
        counts.age()
        #expect(publish("a") == count(11, 1), "used in time")
        counts.age()
        counts.age()
        #expect(counts.isAged)
        #expect(publish("a") == count(12, 0))
        #expect(!counts.isAged)
    }

    @Test("one channel is never forgotten") mutating func permanent() {
        publish("all")
        for _ in 0..<3 { counts.age() }
        #expect(counts.count(on: "all") == count(10, 1))
    }

    @Test("what is published while its channel is begun again counts neither here nor there") mutating func meanwhile()
    {
        let old = counts.count(on: "a")
        counts.age()
        counts.age()
        publish("a")
        counts.published(on: "a", after: old)
        #expect(counts.count(on: "a") == count(12, 1))
    }

    @Test("there is room for twice the limit; the latest are known first") mutating func limit() {
        for number in 0..<100 { publish("\(number)") }
        #expect(counts.latest(100).count <= 6)
        let last = counts.latest(3).map(\.channel)
        #expect(last.contains("99") && last.contains("all"))
        #expect(counts.count(on: "99") == count(110, 1) && counts.count(on: "0") == count(111, 0))
    }
}

/// What nodes say about their counts.
@Suite struct CountMessageTests {
    @Test("what is encoded is decoded") func roundTrip() throws {
        let tag = try #require(NodeTag("node_1"))
        for message in [
            CountMessage.again, .end(uid: "annann"), .counts(.init(uid: "annann", node: nil, everybody: .max)),
            .counts(.init(uid: "annann", node: tag, everybody: 0, inboxes: [:])),
            .counts(.init(uid: "annann", node: tag, everybody: 3, inboxes: [tag: 1])),
        ] {
            #expect(CountMessage(message.encoded()) == message)
        }
    }

    @Test(
        "what is malformed is ignored",
        arguments: [
            "", "again and again", "count", "count annann - x", "count annann - -1", "end", "\n\n", "what 1 2 3",
            "count annann - 99999999999999999999999",
        ]) func malformed(text: String)
    {
        #expect(CountMessage(ByteBuffer(string: text)) == nil)
    }

    @Test("lines of another form are left out; what is very long is not read") func lenient() throws {
        let tag = try #require(NodeTag("node_1"))
        let text = "count annann node_1 5\nall\nnode_1 4\nx 1\nnode_1\nnode_2 x"
        let counts = CountMessage.Counts(uid: "annann", node: tag, everybody: 5, inboxes: [tag: 4])
        #expect(CountMessage(ByteBuffer(string: text)) == .counts(counts))
        #expect(CountMessage(ByteBuffer(repeating: 0x61, count: 300_000)) == nil)
    }
}
