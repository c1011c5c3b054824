import Cluster
import NIOCore
import SocketIO
import Testing

private let classic = GoldenVector.section("classic") + GoldenVector.section("classic-specific")
private let broadcasts = classic.filter { $0.channel.hasPrefix("socket.io#") }
private let requests = classic.filter { $0.channel.hasPrefix("socket.io-request#") }
private let responses = classic.filter { $0.channel.hasPrefix("socket.io-response#") }

@Suite struct ClassicVectorTests {
    @Test("all captured publications of classic peers are there")
    func complete() {
        #expect(classic.count == 69)
        #expect(broadcasts.count + requests.count + responses.count == 69)
    }

    @Test("broadcasts are understood; what we would publish is the same byte for byte", arguments: broadcasts)
    func broadcast(_ vector: GoldenVector) throws {
        let parts = try #require(vector.decoded.array)
        let uid = try #require(parts[0].string)
        let namespace = try #require(parts[1]["nsp"]?.string)
        let broadcast = try #require(
            ClassicBroadcast(vector.payload, exceptFrom: "other", namespace: namespace), "\(vector)")
        #expect(broadcast.options.rooms == parts[2]["rooms"]?.array?.compactMap(\.string))
        #expect(broadcast.options.except == parts[2]["except"]?.array?.compactMap(\.string))
        #expect(broadcast.options.flags.volatile == (parts[2]["flags"]?["volatile"] == true))
        #expect(broadcast.options.flags.compress == parts[2]["flags"]?["compress"]?.bool)
        let channels = ClassicChannels(namespace: namespace)
        #expect(channels.broadcast(to: broadcast.options.rooms) == vector.channel)
        // Emitters write the options in another order, dates become text, and one flag means nothing to us.
        let isOurs =
            uid != "emitter" && !vector.title.contains("Date") && parts[2]["flags"]?["expectSingleResponse"] == nil
        if isOurs {
            #expect(GoldenVector.marked(.array(broadcast.arguments.values)) == parts[1]["data"])
            #expect(broadcast.encoded(uid: uid, namespace: namespace) == vector.payload)
        }
    }

    @Test("what JavaScript has and JSON has not arrives as JSON.stringify would have it")
    func foreignValues() throws {
        let vector = try #require(broadcasts.first { $0.title.contains("Date") })
        let broadcast = try #require(ClassicBroadcast(vector.payload, exceptFrom: "other", namespace: "/"))
        #expect(
            broadcast.arguments == [
                "b", nil, ["b": 1], "1970-01-01T00:00:00.000Z", "2017-07-14T02:40:00.001Z", nil,
                .binary(ByteBuffer(bytes: [5, 6])),
            ])
    }

    @Test("requests are understood and are the same byte for byte", arguments: requests)
    func request(_ vector: GoldenVector) throws {
        let request = try #require(ClassicRequest(vector.payload, namespace: "/"), "\(vector)")
        #expect(request.uid == vector.decoded["uid"]?.string)
        #expect(request.requestID == vector.decoded["requestId"]?.string)
        if vector.decoded["opts"]?["flags"]?["expectSingleResponse"] == nil {
            #expect(request.encoded(namespace: "/") == vector.payload)
        }
    }

    @Test("answers are understood and are the same byte for byte", arguments: responses)
    func response(_ vector: GoldenVector) throws {
        let response = try #require(ClassicResponse(vector.payload), "\(vector)")
        #expect(response.requestID == vector.decoded["requestId"]?.string)
        #expect(response.encoded() == vector.payload)
    }
}
