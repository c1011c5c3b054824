public import Adapter
import NIOCore
import TestSupport
import Testing

/// One of the things that every bus must do beside those of ``BusCheck`` if whole families of channels can be subscribed.
public struct PrefixBusCheck: Sendable, CustomStringConvertible {
    /// What is checked, as a sentence.
    public let description: String
    /// Runs the check; records issues with Swift Testing.
    public let run: @Sendable (_ one: any PrefixBus, _ two: any PrefixBus) async throws -> Void

    init(_ description: String, run: @escaping @Sendable (any PrefixBus, any PrefixBus) async throws -> Void) {
        self.description = description
        self.run = run
    }

    /// The list.
    public static let all: [PrefixBusCheck] = [
        PrefixBusCheck("subscribers of a prefix get every channel that begins so, and no other") { one, two in
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
        PrefixBusCheck("publications of one node arrive in order, over channels and prefixes") { one, two in
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
        PrefixBusCheck("subscribers of a prefix are not counted") { one, two in
            two.subscribe(prefix: "n") { _, _ in }
            one.subscribe("n") { _, _ in }
            two.subscribe("n") { _, _ in }
            #expect(await eventually { await one.subscriberCount("n") == 2 })
        },
        PrefixBusCheck("who cancels a prefix gets nothing more, and may subscribe again") { one, two in
            let (here, there) = (Recorder<String>(), Recorder<String>())
            let prefix = one.subscribe(prefix: "p#") { _, payload in here.record(String(buffer: payload)) }
            two.subscribe(prefix: "p#") { _, payload in there.record(String(buffer: payload)) }
            prefix.cancel()
            for bus in [one, two] { bus.subscribe("settled") { _, _ in } }
            try #require(await eventually { await two.subscriberCount("settled") == 2 })
            two.publish("p#x", ByteBuffer(string: "while away"))
            #expect(await eventually { there.all.count == 1 })
            one.subscribe(prefix: "p#") { _, payload in here.record(String(buffer: payload)) }
            one.subscribe("end") { _, _ in }
            try #require(await eventually { await two.subscriberCount("end") == 1 })
            two.publish("p#x", ByteBuffer(string: "back"))
            #expect(await eventually { here.all == ["back"] })
        },
    ]
}
