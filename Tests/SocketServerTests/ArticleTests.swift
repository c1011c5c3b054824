import Adapter
import NIOCore
import SocketIO
import SocketServer
import Synchronization
import TestSupport
import Testing

/// The examples of the articles about events, as they stand there.
@Suite("Examples of the articles", .timeLimit(.minutes(1)))
struct ArticleTests {
    struct Say: Codable {
        var room: String
        var text: String
    }

    struct Receipt: Codable {
        var id: Int
    }

    enum Chat {
        static let say = SocketEvent<(Say) -> Receipt>("say")
        static let move = SocketEvent<(Double, Double) -> Void>("move")
        static let ready = SocketEvent<() -> Void>("ready")
        static let photo = SocketEvent<(ByteBuffer, String?) -> Void>("photo")
    }

    enum Cards {
        static let keep = SocketEvent<(Int) -> Bool>("keep?")
    }

    /// The application's own.
    final class Store: Sendable {
        private let kept = Mutex<[String]>([])
        var all: [String] { kept.withLock { $0 } }
        func lines(of room: String) async -> [Value] { [.string("first of \(room)")] }
        func keep(_ photo: ByteBuffer, _ caption: String?) async {
            kept.withLock { $0.append("\(photo.readableBytes) \(caption ?? "none")") }
        }
        func save(_ values: [Value], _ completion: @escaping @Sendable (Bool) -> Void) { completion(!values.isEmpty) }
    }

    @Test("Handling events")
    func handlingEvents() async throws {
        try await LiveFixture.run { fixture in
            let (chat, store) = (fixture.main, Store())
            chat.on("say") { event in
                event.socket.broadcast.emit("said", arguments: event.arguments)
            }
            chat.onConnection { socket in
                socket.once("introduce") { event in socket.data = event.arguments[0] ?? .null }
                socket.onUnhandled { event in throw EventError("unknown event", code: "unknown") }
            }
            chat.on("history") { event in
                let room = try event.arguments.decode(String.self, at: 0)
                let lines = await store.lines(of: room)
                try await event.socket.join(room)
                event.acknowledge(.array(lines))
            }
            chat.on("name") { event in
                let name = try await event.socket.withSocket { socket in socket.data["name"]?.string }
                event.acknowledge(.string(name ?? "nobody"))
            }
            let (client, other) = (try await fixture.joined(on: 0), try await fixture.joined(on: 1))
            try await client.send(#"2["introduce",{"name":"Ann"}]"#)
            try await client.send(#"21["name"]"#)
            try await client.send(#"22["history","lobby"]"#)
            try await client.send(#"23["what"]"#)
            try await client.send(#"2["say","hi"]"#)
            #expect(try await client.next() == #"31["Ann"]"#)
            #expect(try await client.next() == #"32[["first of lobby"]]"#)
            #expect(try await client.next() == #"33[{"error":"unknown event","code":"unknown"}]"#)
            #expect(try await other.next() == #"2["said","hi"]"#)
        }
    }

    @Test("Typed events")
    func typedEvents() async throws {
        try await LiveFixture.run { fixture in
            let (chat, store) = (fixture.main, Store())
            chat.on(Chat.say) { say, event in
                event.socket.to(say.room).emit(Chat.move, 0.5, 1)
                return Receipt(id: 7)
            }
            chat.on(Chat.photo) { photo, caption, event in
                await store.keep(photo, caption)
            }
            let (client, other) = (try await fixture.joined(on: 0), try await fixture.client(on: 0, "0"))
            let room = try await other.takeID()
            try await client.send(#"21["say",{"room":"\#(room)","text":"hi"}]"#)
            #expect(try await client.next() == #"31[{"id":7}]"#)
            #expect(try await other.next() == #"2["move",0.5,1]"#)
            chat.emit(Chat.ready)
            #expect(try await client.next() == #"2["ready"]"#)
            try await client.send(#"22["photo","no picture"]"#)
            #expect(try await client.next().contains("argument 1: expected binary content, found a string"))
            #expect(store.all == [])
        }
    }

    @Test("Acknowledgements")
    func acknowledgements() async throws {
        try await LiveFixture.run { fixture in
            let (chat, store) = (fixture.main, Store())
            chat.on("save") { event in
                let acknowledgement = event.acknowledgement
                store.save(event.arguments.values) { saved in acknowledgement?(.bool(saved)) }
            }
            chat.on("draw") { event in
                let answer = try await event.socket.emitWithAcknowledgement("keep?", 7, timeout: .seconds(30))
                event.acknowledge(arguments: answer)
            }
            chat.on("draw again") { event in
                let keep: Bool = try await event.socket.emitWithAcknowledgement(Cards.keep, 7)
                event.acknowledge(.bool(!keep))
            }
            let client = try await fixture.joined(on: 0)
            try await client.send(#"21["save",1]"#)
            #expect(try await client.next() == "31[true]")
            for (number, answer) in [("2", "true"), ("3", "false")] {
                try await client.send("2\(number)[\"draw\(number == "2" ? "" : " again")\"]")
                let question = try await client.next()
                #expect(question.hasSuffix(#"["keep?",7]"#))
                try await client.send("3\(question.dropFirst().prefix { $0.isNumber })[true]")
                #expect(try await client.next() == "3\(number)[\(answer)]")
            }
            async let answers = chat.everybody.timeout(.seconds(30)).emitWithAcknowledgement("ready?")
            try await client.send("3\(try await client.next().dropFirst().prefix { $0.isNumber })[1]")
            #expect(await (answers.elements.count, answers.expected, answers.missing) == (1, 1, 0))
        }
    }
}
