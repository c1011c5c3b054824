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
        BusCheck("publications of one node on one channel arrive in order") { one, two in
            let received = Recorder<String>()
            two.subscribe("o") { _, payload in received.record(String(buffer: payload)) }
            try #require(await eventually { await one.subscriberCount("o") == 1 })
            for number in 0..<1000 { one.publish("o", ByteBuffer(string: "\(number)")) }
            #expect(await eventually { received.all.count == 1000 })
            #expect(received.all == (0..<1000).map { "\($0)" })
        },
        BusCheck("subscribers are counted, of many channels in the order asked") { one, two in
            #expect(await one.subscriberCounts(["n", "m", "#o"]) == [0, 0, 0])
            one.subscribe("n") { _, _ in }
            two.subscribe("n") { _, _ in }
            two.subscribe("#o") { _, _ in }
            #expect(await eventually { await one.subscriberCounts(["m", "n", "#o"]) == [0, 2, 1] })
        },
        BusCheck("who cancels a subscription gets nothing more; others do, and it may subscribe again") { one, two in
            let (here, there) = (Recorder<String>(), Recorder<String>())
            let subscription = one.subscribe("c") { _, payload in here.record(String(buffer: payload)) }
            two.subscribe("c") { _, payload in there.record(String(buffer: payload)) }
            try #require(await eventually { await one.subscriberCount("c") == 2 })
            subscription.cancel()
            try #require(await eventually { await two.subscriberCount("c") == 1 })
            two.publish("c", ByteBuffer(string: "while away"))
            #expect(await eventually { there.all.count == 1 })
            one.subscribe("c") { _, payload in here.record(String(buffer: payload)) }
            try #require(await eventually { await two.subscriberCount("c") == 2 })
            two.publish("c", ByteBuffer(string: "back"))
            #expect(await eventually { here.all == ["back"] })
        },
        BusCheck("a channel that is subscribed and cancelled many times is in the end what was said last") { one, two in
            let received = Recorder<String>()
            for round in 0..<200 {
                let kept = one.subscribe("kept") { _, _ in received.record("kept \(round)") }
                let left = one.subscribe("{kept}left") { _, _ in received.record("left") }
                if round < 199 { kept.cancel() }
                left.cancel()
            }
            // Of one slot with the others, so subscribed when they are as they will stay.
            one.subscribe("{kept}end") { _, _ in }
            #expect(await eventually { await two.subscriberCounts(["kept", "{kept}left", "{kept}end"]) == [1, 0, 1] })
            two.publish("{kept}left", ByteBuffer())
            two.publish("kept", ByteBuffer())
            #expect(await eventually { received.all == ["kept 199"] })
        },
    ]
}
