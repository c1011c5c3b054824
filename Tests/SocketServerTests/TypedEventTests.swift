import Adapter
import NIOCore
import SocketIO
import SocketServer
import TestSupport
import Testing

private struct Say: Codable, Equatable {
    var text: String
    var stars: Int?
}

private enum Chat {
    static let say = SocketEvent<(Say) -> Int>("say")
    static let add = SocketEvent<(Int, Int) -> Int>("add")
    static let move = SocketEvent<(Double, Double?) -> Void>("move")
    static let ready = SocketEvent<() -> Void>("ready")
    static let photo = SocketEvent<(ByteBuffer) -> [UInt8]>("photo")
    static let number = SocketEvent<(UInt64) -> UInt64>("number")
}

extension SocketEvent<(Say) -> Int> {
    fileprivate static var say: Self { Chat.say }
}

@Suite("Typed events", .timeLimit(.minutes(1)))
struct TypedEventTests {
    @Test("payloads are decoded, the result is the acknowledgement")
    func reply() throws {
        let fixture = try Fixture()
        fixture.main.on(Chat.add) { a, b, _ in a + b }
        fixture.main.onConnection { socket in
            socket.on(.say) { say, event in
                event.socket.emit(.say, Say(text: say.text.uppercased(), stars: 5))
                return say.text.utf8.count
            }
        }
        let client = try fixture.joined()
        client.send(#"21["add",2,3]"#)
        client.send(#"22["say",{"text":"hi"}]"#)
        client.send(#"2["say",{"text":"ho","stars":null}]"#)
        #expect(
            client.received() == [
                "31[5]", #"2["say",{"text":"HI","stars":5}]"#, "32[2]", #"2["say",{"text":"HO","stars":5}]"#,
            ])
    }

    @Test("an event without result is acknowledged with nothing when its handler has returned")
    func void() throws {
        let (fixture, notes) = (try Fixture(), Notes())
        fixture.main.on(Chat.move) { x, y, _ in notes.add("\(x) \(y ?? -1)") }
        fixture.main.on(Chat.ready) { event in event.acknowledge("by hand") }
        let client = try fixture.joined()
        client.send(#"21["move",1,2.5]"#)
        client.send(#"2["move",3]"#)
        client.send(#"22["ready","ignored"]"#)
        #expect(notes.all == ["1.0 2.5", "3.0 -1.0"])
        #expect(client.received() == ["31[]", #"32["by hand"]"#])
    }

    @Test("binary content goes both ways")
    func binary() throws {
        let fixture = try Fixture()
        fixture.main.on(Chat.photo) { photo, _ in Array(photo.readableBytesView.reversed()) }
        let client = try fixture.joined()
        client.send(#"51-7["photo",{"_placeholder":true,"num":0}]"#)
        client.send([1, 2])
        #expect(client.received() == [#"61-7[{"_placeholder":true,"num":0}]"#, "b:21"])
    }

    @Test("what does not decode is refused with its place, and the handler is not called")
    func refused() throws {
        let (fixture, notes) = (try Fixture(), Notes())
        fixture.main.on(Chat.say) { _, _ in
            notes.add("called")
            return 0
        }
        let client = try fixture.joined()
        client.send(#"21["say",{"text":7}]"#)
        client.send(#"22["say"]"#)
        client.send(#"2["say",null]"#)
        let prefix = #"[{"error":"Invalid arguments: argument 1"#
        #expect(
            client.received() == [
                "31\(prefix), text: expected a string, found a number\",\"code\":\"invalid_arguments\"}]",
                "32\(prefix): is missing\",\"code\":\"invalid_arguments\"}]",
            ])
        #expect(notes.all == [])
        #expect(client.session.closeReason == nil)
    }

    @Test("once is for one event")
    func once() throws {
        let fixture = try Fixture()
        fixture.main.onConnection { socket in
            socket.once(Chat.add) { a, b, _ in a * b }
            socket.once(Chat.ready) { _ in }
        }
        let client = try fixture.joined()
        for _ in 0..<2 {
            client.send(#"21["add",2,3]"#)
            client.send(#"22["ready"]"#)
        }
        #expect(client.received() == ["31[6]", "32[]"])
    }

    @Test("typed events are sent to one, to many, and volatile; what cannot be encoded is not sent")
    func emitting() throws {
        let fixture = try Fixture()
        fixture.main.onConnection { socket in
            socket.volatile.emit(Chat.move, 1, nil)
            socket.emit(Chat.number, .max)
            socket.emit(Chat.number, 1)
        }
        let client = try fixture.joined()
        fixture.main.emit(Chat.ready)
        fixture.main.to(client.id).emit(.say, Say(text: "x"))
        fixture.main.emit(Chat.number, .max)
        #expect(
            client.received() == [
                #"~2["move",1,null]"#, #"2["number",1]"#, #"2["ready"]"#, #"2["say",{"text":"x"}]"#,
            ])
    }

    @Test("the client's acknowledgement is decoded, or the error says why not")
    func asking() throws {
        let (fixture, notes) = (try Fixture(), Notes())
        fixture.main.on("go") { event in
            for (a, b) in [(1, 2), (3, 4)] {
                event.socket.emitWithAcknowledgement(Chat.add, a, b) { result in
                    switch result {
                    case .success(let sum): notes.add("\(sum)")
                    case .failure(AcknowledgementError.undecodable(let error)): notes.add("\(error)")
                    case .failure: notes.add("another error")
                    }
                }
            }
            event.socket.emitWithAcknowledgement(Chat.number, .max) { result in
                if case .failure(let error) = result, error is EncodingError { notes.add("not encoded") }
            }
        }
        let client = try fixture.joined()
        client.send(#"2["go"]"#)
        #expect(client.received() == [#"20["add",1,2]"#, #"21["add",3,4]"#])
        client.send("30[3]")
        client.send(#"31["seven"]"#)
        #expect(notes.all == ["not encoded", "3", "argument 1: expected a number, found a string"])
    }

    @Test("a broadcast's answers are decoded; those that do not decode are missing")
    func broadcastAsking() async throws {
        try await LiveFixture.run { fixture in
            let (ann, bob) = (try await fixture.joined(on: 0), try await fixture.joined(on: 1))
            async let answer = fixture.main.timeout(.seconds(30)).emitWithAcknowledgement(Chat.add, 1, 2)
            let id = try await ann.next().dropFirst().prefix { $0.isNumber }
            _ = try await bob.next()
            try await ann.send("3\(id)[3]")
            try await bob.send("3\(id)[\"three\"]")
            let all = try await answer
            #expect(all.elements == [3] && all.expected == 2 && all.missing == 1)
        }
    }

    @Test("asynchronous typed handlers")
    func asynchronous() async throws {
        try await LiveFixture.run { fixture in
            fixture.main.on(Chat.say) { say, event in
                let answer = try await event.socket.emitWithAcknowledgement(Chat.add, say.text.utf8.count, 1)
                event.socket.emit(Chat.move, 0, nil)
                return answer * 10
            }
            fixture.main.onConnection { socket in
                socket.once(Chat.ready) { event in try await event.socket.join("ready") }
            }
            let client = try await fixture.joined(on: 0)
            try await client.send(#"21["say",{"text":"abc"}]"#)
            #expect(try await client.next() == #"20["add",3,1]"#)
            try await client.send("30[4]")
            #expect(try await client.next() == #"2["move",0,null]"#)
            #expect(try await client.next() == "31[40]")
            try await client.send(#"22["say",[]]"#)
            #expect(try await client.next().contains("expected an object, found an array"))
            try await client.send(#"23["ready"]"#)
            #expect(try await client.next() == "33[]")
            fixture.main.to("ready").emit("in")
            #expect(try await client.next() == #"2["in"]"#)
        }
    }
}
