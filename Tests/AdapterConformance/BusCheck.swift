public import Adapter
import NIOCore
import TestSupport
import Testing

/// One of the things that every bus must do; see ``AdapterCheck``. Each runs with the buses of two nodes.
public struct BusCheck: Sendable, CustomStringConvertible {
    /// What is checked, as a sentence.
    public let description: String
    /// Runs the check; records issues with Swift Testing.
    public let run: @Sendable (_ one: any Bus, _ two: any Bus) async throws -> Void

    init(_ description: String, run: @escaping @Sendable (any Bus, any Bus) async throws -> Void) {
        self.description = description
        self.run = run
    }

    /// The list.
    public static let all: [BusCheck] = [
        BusCheck("a publication reaches all subscribers, the publisher included, whatever bytes it has") { one, two in
            let (here, there) = (Recorder<ByteBuffer>(), Recorder<ByteBuffer>())
            one.subscribe("c") { _, payload in here.record(payload) }
            two.subscribe("c") { _, payload in there.record(payload) }
            try #require(await eventually { await one.subscriberCount("c") == 2 })
            let payloads = [
                ByteBuffer(), ByteBuffer(bytes: [0, 13, 10, 255]), ByteBuffer(repeating: 7, count: 1 << 20),
            ]
            for payload in payloads { one.publish("c", payload) }
            #expect(await eventually { here.all == payloads && there.all == payloads })
        },
        BusCheck("subscribers of a prefix get every channel that begins so, and no other") { one, two in
            let received = Recorder<String>()
            two.subscribe(prefix: "p[*?]#") { channel, payload in received.record(String(buffer: channel)) }
            two.subscribe("end") { channel, _ in received.record(String(buffer: channel)) }
            try #require(await eventually { await one.subscriberCount("end") == 1 })
            for channel in ["p[*?]#", "p*#", "px#", "p[*?]#room#", "xp[*?]#", "end"] {
                one.publish(channel, ByteBuffer())
            }
            #expect(await eventually { received.all.last == "end" })
            #expect(received.all == ["p[*?]#", "p[*?]#room#", "end"])
        },
        BusCheck("publications of one node arrive in order, over channels and prefixes") { one, two in
            let received = Recorder<String>()
            two.subscribe(prefix: "o#") { _, payload in received.record(String(buffer: payload)) }
            two.subscribe("o") { _, payload in received.record(String(buffer: payload)) }
            try #require(await eventually { await one.subscriberCount("o") == 1 })
            for number in 0..<1000 {
                one.publish(number % 2 == 0 ? "o" : "o#\(number)", ByteBuffer(string: "\(number)"))
            }
            #expect(await eventually { received.all.count == 1000 })
            #expect(received.all == (0..<1000).map { "\($0)" })
        },
        BusCheck("subscribers by exact name are counted, those of a prefix are not") { one, two in
            #expect(await one.subscriberCount("n") == 0)
            one.subscribe("n") { _, _ in }
            two.subscribe("n") { _, _ in }
            two.subscribe(prefix: "n") { _, _ in }
            #expect(await eventually { await one.subscriberCount("n") == 2 })
        },
        BusCheck("who cancels a subscription gets nothing more; others do, and it may subscribe again") { one, two in
            let (here, there) = (Recorder<String>(), Recorder<String>())
            let channel = one.subscribe("c") { _, payload in here.record(String(buffer: payload)) }
            let prefix = one.subscribe(prefix: "p#") { _, payload in here.record(String(buffer: payload)) }
            two.subscribe("c") { _, payload in there.record(String(buffer: payload)) }
            two.subscribe(prefix: "p#") { _, payload in there.record(String(buffer: payload)) }
            try #require(await eventually { await one.subscriberCount("c") == 2 })
            channel.cancel()
            prefix.cancel()
            try #require(await eventually { await two.subscriberCount("c") == 1 })
            for channel in ["p#x", "c"] { two.publish(channel, ByteBuffer(string: "while away")) }
            #expect(await eventually { there.all.count == 2 })
            one.subscribe(prefix: "p#") { _, payload in here.record(String(buffer: payload)) }
            one.subscribe("c") { _, payload in here.record(String(buffer: payload)) }
            one.subscribe("end") { _, _ in }
            try #require(await eventually { await two.subscriberCount("end") == 1 })
            two.publish("p#x", ByteBuffer(string: "back"))
            #expect(await eventually { here.all == ["back"] })
        },
    ]
}
