import Cluster
import NIOCore
import SocketIO
import Testing

private let sharded = GoldenVector.section("sharded")

@Suite struct ShardedVectorTests {
    @Test("all captured publications of sharded peers are there")
    func complete() {
        #expect(sharded.count == 44)
        #expect(GoldenVector.section("classic").count + GoldenVector.section("classic-specific").count + 44 == 113)
    }

    @Test("messages are understood; what we would publish is the same byte for byte", arguments: sharded)
    func message(_ vector: GoldenVector) throws {
        let uid = try #require(vector.decoded["uid"]?.string)
        let namespace = try #require(vector.decoded["nsp"]?.string)
        let message = try #require(
            ShardedMessage(vector.payload, exceptFrom: "other", namespace: namespace), "\(vector)")
        #expect(message.uid == uid)
        #expect(ShardedMessage(vector.payload, exceptFrom: uid, namespace: namespace) == nil)
        #expect(ShardedMessage(vector.payload, exceptFrom: "other", namespace: "/elsewhere") == nil)
        // Dates become text, and one flag means nothing to us.
        let flags = vector.decoded["data"]?["opts"]?["flags"]
        if !vector.title.contains("Date"), flags?["expectSingleResponse"] == nil {
            #expect(message.encoded(namespace: namespace) == vector.payload)
        }
    }

    @Test("broadcasts go to the channels of the peers, which were dynamic", arguments: sharded)
    func channel(_ vector: GoldenVector) throws {
        let namespace = try #require(vector.decoded["nsp"]?.string)
        let channels = ShardedChannels(namespace: namespace)
        let message = try #require(ShardedMessage(vector.payload, exceptFrom: "other", namespace: namespace))
        switch message.content {
        case .broadcast(_, let options): #expect(channels.broadcast(to: options.rooms) == vector.channel)
        case .request: #expect(channels.common == vector.channel)
        // All requests of the capture came from this one.
        case .answer: #expect(channels.response(to: "ac8b93ce33e38b2f") == vector.channel)
        case .count, .again: Issue.record("peers do not say this")
        }
    }

    @Test("what JavaScript has and JSON has not arrives as JSON.stringify would have it")
    func foreignValues() throws {
        let vector = try #require(sharded.first { $0.title.contains("Date") })
        let message = try #require(ShardedMessage(vector.payload, exceptFrom: "other", namespace: "/"))
        let arguments: Arguments = [
            "b", nil, ["b": 1], "1970-01-01T00:00:00.000Z", "2017-07-14T02:40:00.001Z", nil,
            .binary(ByteBuffer(bytes: [5, 6])),
        ]
        #expect(message.content == .broadcast(arguments, BroadcastOptions()))
    }
}
