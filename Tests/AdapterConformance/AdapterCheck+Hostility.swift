import Adapter
import Cluster
import NIOCore
import SocketIO
import TestSupport
import Testing

extension AdapterCheck {
    /// What no node should ever publish.
    static let hostilePayloads: [ByteBuffer] = [
        ByteBuffer(),
        ByteBuffer(string: "{"), ByteBuffer(string: "{}"), ByteBuffer(string: "[1,2"), ByteBuffer(string: "null"),
        ByteBuffer(string: #"{"type":5,"requestId":"x"}"#), ByteBuffer(string: #"{"type":7,"requestId":"x"}"#),
        ByteBuffer(string: #"{"type":99,"requestId":"x"}"#), ByteBuffer(string: #"{"type":"1","requestId":1}"#),
        ByteBuffer(string: #"{"type":6,"data":[]}"#), ByteBuffer(string: #"{"type":6,"data":[{}]}"#),
        ByteBuffer(string: #"{"type":4,"opts":null}"#), ByteBuffer(string: #"{"type":2,"opts":[],"rooms":7}"#),
        ByteBuffer(string: #"{"type":8,"requestId":"x","clientCount":-1}"#),
        ByteBuffer(string: #"{"type":8,"requestId":"x","clientCount":9007199254740991}"#),
        ByteBuffer(string: #"{"requestId":"x","sockets":"no"}"#),
        ByteBuffer(string: #"{"type":3,"data":{"packet":7,"opts":{}},"uid":"x","nsp":"/"}"#),
        ByteBuffer(string: #"{"type":3,"data":{"packet":{"data":["b"]},"opts":null},"uid":"x","nsp":"/"}"#),
        ByteBuffer(string: #"{"type":6,"data":{"opts":[],"close":1},"uid":"x","nsp":"/"}"#),
        ByteBuffer(string: #"{"type":7,"data":{"opts":{},"requestId":"x"},"nsp":"/"}"#),
        ByteBuffer(string: #"{"type":9,"data":{"packet":[{}]},"uid":"x","nsp":"/"}"#),
        ByteBuffer(string: #"{"type":11,"data":{"requestId":"x","clientCount":9007199254740991},"uid":"x"}"#),
        ByteBuffer(string: String(repeating: "[", count: 100_000)),
        ByteBuffer(string: #"{"a":"# + String(repeating: "[", count: 100_000)),
        // MessagePack: truncated, lying lengths, wrong types, deep nesting.
        ByteBuffer(bytes: [0x93]), ByteBuffer(bytes: [0x93, 0xA6, 0x61]), ByteBuffer(bytes: [0x93, 0xC0, 0xC0, 0xC0]),
        ByteBuffer(bytes: [0xDD, 0xFF, 0xFF, 0xFF, 0xFF]), ByteBuffer(bytes: [0xDF, 0xFF, 0xFF, 0xFF, 0xFF]),
        ByteBuffer(bytes: [0xDB, 0xFF, 0xFF, 0xFF, 0xFF]), ByteBuffer(bytes: [0xC6, 0xFF, 0xFF, 0xFF, 0xFF]),
        ByteBuffer(bytes: [0xC9, 0xFF, 0xFF, 0xFF, 0xFF, 0x00]), ByteBuffer(bytes: [0xC1]),
        ByteBuffer(repeating: 0x91, count: 100_000),
    ]

    static let hostility: [AdapterCheck] = [
        AdapterCheck("malformed publications on any channel disturb nobody", nodes: 2) { nodes in
            let started = try await nodes.startWithTwoSocketsEach()
            let channels = [
                "socket.io#/#", "socket.io#/#r#", "socket.io-request#/#", "socket.io-response#/#",
                "switchboard-inbox#/#\(nodes[0].tag)#", "switchboard-inbox#/#\(nodes[1].tag)#",
            ]
            for channel in channels {
                for payload in hostilePayloads { nodes[0].bus.publish(channel, payload) }
            }
            for payload in beginnings(of: nodes[0].foreign(["b", "x"])) {
                nodes[0].bus.publish("socket.io#/#", payload)
            }
            started[0].adapter.publish(["end"], to: BroadcastOptions())
            started[1].adapter.publish(["end"], to: BroadcastOptions())
            for namespace in started {
                // Between two publishers there is no order.
                #expect(await eventually { namespace.local.deliveries.contains { $0.arguments == ["end"] } })
            }
            #expect(started[1].local.deliveries.map(\.arguments) == [["b", "x"], ["end"]])
            #expect(started[1].local.serverEvents.isEmpty && started[1].local.sockets.count == 2)
            #expect(await started[0].adapter.fetchSockets(BroadcastOptions()).elements.count == 2)
        }
    ]

    /// A good broadcast of a foreign node, cut off after each byte; the last one is whole.
    private static func beginnings(of whole: ByteBuffer) -> [ByteBuffer] {
        (0...whole.readableBytes).compactMap { whole.getSlice(at: whole.readerIndex, length: $0) }
    }
}
