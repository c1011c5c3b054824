import Cluster
import NIOCore
import SocketIO

/// Values as JSON and as MessagePack, and what nodes say to each other in the latter.
extension Benchmark {
    static let values: [Benchmark] = [
        Benchmark("json.decode.object") {
            let json = ByteBuffer(string: object)
            return { keep(try? Value(json: json)) }
        },
        Benchmark("json.encode.object", state: encoding) { encoding in
            encoding.buffer.clear()
            encoding.value.writeJSON(to: &encoding.buffer)
        },
        Benchmark("json.argument.second") {
            let arguments: Arguments = [["room": "lobby", "members": [1, 2, 3]], "what 32 bytes of text look like"]
            return { keep(arguments[1]) }
        },
        Benchmark("json.arguments.fromText") { { keep(Arguments("what 32 bytes of text look like")) } },
        Benchmark("messagePack.decode.object") {
            var bytes = ByteBuffer()
            try Value(json: ByteBuffer(string: object)).writeMessagePack(to: &bytes)
            return { [bytes] in keep(try? Value(messagePack: bytes)) }
        },
        Benchmark("messagePack.encode.object", state: encoding) { encoding in
            encoding.buffer.clear()
            encoding.value.writeMessagePack(to: &encoding.buffer)
        },
        Benchmark("cluster.encode.broadcast") { { keep(broadcast.encoded(uid: "Ab3_x-", namespace: "/")) } },
        Benchmark("cluster.decode.broadcast") {
            let bytes = broadcast.encoded(uid: "Ab3_x-", namespace: "/")
            return { keep(ClassicBroadcast(bytes, exceptFrom: "Zz9_y-", namespace: "/")) }
        },
        Benchmark("cluster.decode.ownBroadcast") {
            let bytes = broadcast.encoded(uid: "Ab3_x-", namespace: "/")
            return { keep(ClassicBroadcast(bytes, exceptFrom: "Ab3_x-", namespace: "/")) }
        },
    ]

    private static let object = """
        {"id":"Ab3_x-0aaaaaaaaaaaaa","name":"Ann \\"A\\" Other","age":42,"score":17.25,"tags":["a","b","c"],\
        "place":{"lat":48.137,"lon":11.575},"isOnline":true,"note":null}
        """

    private static let encoding: @Sendable () throws -> (value: Value, buffer: ByteBuffer) = {
        (try Value(json: ByteBuffer(string: object)), ByteBufferAllocator().buffer(capacity: 1024))
    }

    /// An event of 200 bytes for one room.
    private static let broadcast = ClassicBroadcast(
        arguments: ["message", .string(String(repeating: "x", count: 200))],
        options: BroadcastOptions(rooms: ["lobby"], except: ["Ab3_x-0aaaaaaaaaaaaa"]))
}
