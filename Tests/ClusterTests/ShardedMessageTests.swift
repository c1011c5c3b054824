import Cluster
import NIOCore
import SocketIO
import Testing

/// What foreign publishers may do differently from us (wire, 3), what nobody may do, and where messages go.
@Suite struct ShardedMessageTests {
    private func message(_ json: String) -> ShardedMessage? {
        ShardedMessage(ByteBuffer(string: json), exceptFrom: "myself", namespace: "/")
    }

    @Test("peers before 8.3.0, which do not name the namespace and write the sender first, are understood")
    func olderPeers() {
        let data = #"{"packet":{"type":2,"data":["b",1]},"opts":{"rooms":["r"],"except":[]}}"#
        let json = #"{"uid":"u","type":3,"data":\#(data)}"#
        #expect(
            message(json) == ShardedMessage(uid: "u", content: .broadcast(["b", 1], BroadcastOptions(rooms: ["r"]))))
        #expect(message(#"{"type":9,"data":{"packet":["e"]}}"#)?.content == .request(.serverSideEmit(["e"]), id: nil))
    }

    @Test(
        "messages that are ignored",
        arguments: [
            "", "{", "{}", "[]", "null", "7", #"{"type":3}"#, #"{"type":3,"data":null}"#, #"{"type":3,"data":{}}"#,
            #"{"type":3,"data":{"packet":{"data":["b"]}}}"#, #"{"type":3,"data":{"packet":{"data":["b"]},"opts":[]}}"#,
            #"{"type":3,"data":{"packet":{"data":[]},"opts":{}}}"#, #"{"type":3,"data":{"packet":null,"opts":{}}}"#,
            #"{"type":3,"uid":"myself","data":{"packet":{"data":["b"]},"opts":{}}}"#,
            #"{"type":3,"nsp":"/other","data":{"packet":{"data":["b"]},"opts":{}}}"#,
            #"{"type":3,"nsp":null,"data":{"packet":{"data":["b"]},"opts":{}}}"#,
            #"{"type":4,"data":{"rooms":["r"]}}"#, #"{"type":7,"data":{"opts":{}}}"#,
            #"{"type":7,"data":{"requestId":"x"}}"#, #"{"type":8,"data":{"requestId":"x","sockets":{}}}"#,
            #"{"type":8,"data":{"sockets":[]}}"#, #"{"type":9,"data":{"packet":{}}}"#, #"{"type":10,"data":{}}"#,
            #"{"type":11,"data":{"requestId":"x","clientCount":-1}}"#,
            #"{"type":11,"data":{"requestId":"x","clientCount":4294967296}}"#, #"{"type":11,"data":{"requestId":"x"}}"#,
            #"{"type":1,"data":{}}"#, #"{"type":2}"#, #"{"type":13,"data":{}}"#,
            #"{"type":99,"data":{"requestId":"x"}}"#,
        ])
    func ignored(_ json: String) {
        #expect(message(json) == nil)
    }

    @Test("every kind of message survives its encoding, with and without binary content")
    func roundTrips() {
        var options = BroadcastOptions(rooms: ["a", "b"], except: ["c"])
        options.flags.volatile = true
        let binary = Value.binary(ByteBuffer(bytes: [1, 2]))
        let requests: [(NodeRequest, String?)] = [
            (.join(["r"], options), nil), (.leave(["r"], options), nil), (.disconnect(options, close: true), nil),
            (.fetchSockets(options), "x"), (.serverSideEmit(["e", 1]), nil), (.serverSideEmit(["e", binary]), "x"),
            (.broadcast(["e", "\"ü"], options, timeout: .milliseconds(1500)), "x\""),
            (.broadcast(["e", binary], options, timeout: nil), "x"),
        ]
        let answers: [NodeAnswer] = [
            .sockets([["id": "s", "data": binary]]), .serverSideEmit(["a": nil]), .clientCount(3),
            .acknowledgement(binary),
        ]
        let contents: [ShardedMessage.Content] =
            [.broadcast(["e", 1.5, "x"], options), .broadcast(["e", binary], options)]
            + requests.map { .request($0, id: $1) } + answers.map { .answer($0, id: "x") }
            + [.count, .again(rooms: true), .again(rooms: false)]
        for count in [nil, PublicationCount(since: 7, published: 0), PublicationCount(since: 1 << 60, published: 9)] {
            for content in contents {
                let message = ShardedMessage(uid: "u\"", content: content, count: count)
                let payload = message.encoded(namespace: "/n\"")
                #expect(payload.flatMap { ShardedMessage($0, exceptFrom: "myself", namespace: "/n\"") } == message)
            }
        }
    }

    @Test(
        "a count of another form is none, and the message is read all the same",
        arguments: [
            "1", "[]", "[1]", "[1,2,3]", "[-1,2]", "[1,-2]", "[1,\"2\"]", "[1.5,2]", "[1,99999999999999999999]",
        ])
    func malformedCounts(count: String) {
        let json = #"{"type":3,"data":{"packet":{"type":2,"data":["b"]},"opts":{}},"uid":"u","count":\#(count)}"#
        #expect(message(json) == ShardedMessage(uid: "u", content: .broadcast(["b"], BroadcastOptions())))
    }

    @Test("what the format has no words for is not written")
    func unspeakable() {
        let contents: [ShardedMessage.Content] = [
            .request(.allRooms, id: "x"), .request(.sockets(BroadcastOptions()), id: "x"),
            .request(.fetchSockets(BroadcastOptions()), id: nil), .answer(.done, id: "x"), .answer(.rooms([]), id: "x"),
            .request(.broadcast(["e"], BroadcastOptions(), timeout: nil), id: nil),
        ]
        for content in contents {
            #expect(ShardedMessage(uid: "u", content: content).encoded(namespace: "/") == nil)
        }
    }

    @Test("the mode decides which rooms have a channel of their own, and who follows it")
    func modes() {
        let id = "AAAAAAA0123456789012"
        func channels(_ mode: ShardedMode) -> ShardedChannels { ShardedChannels(key: "k", namespace: "/n", mode: mode) }
        let rooms = [["r"], [id], ["r", "s"], []]
        #expect(rooms.map(channels(.dynamic).broadcast) == ["k#/n#r#", "k#/n#", "k#/n#", "k#/n#"])
        #expect(rooms.map(channels(.static).broadcast) == ["k#/n#", "k#/n#", "k#/n#", "k#/n#"])
        #expect(rooms.map(channels(.dynamicPrivate).broadcast) == ["k#/n#r#", "k#/n#\(id)#", "k#/n#", "k#/n#"])
        let followed = ShardedMode.allCases.map { mode in
            [("r", false), (id, true), (id, false), (id + "xyz", true)].map {
                channels(mode).follows($0.0, isSocketID: $0.1)
            }
        }
        #expect(followed == [[true, false, true, true], [false, false, false, false], [true, true, true, true]])
    }

    @Test("the sender id of a node of ours tells its tag; one of a peer does not")
    func senderIDs() throws {
        let tag = try #require(NodeTag("aZ09-_"))
        #expect(tag.shardedUID == "615a30392d5f7362")
        #expect(NodeTag(shardedUID: tag.shardedUID) == tag)
        for uid in ["", "ac8b93ce33e38b2f", "615a30392d5f7363", "215a30392d5f7362", "+15a30392d5f7362", "emitter"] {
            #expect(NodeTag(shardedUID: uid) == nil)
        }
    }
}
