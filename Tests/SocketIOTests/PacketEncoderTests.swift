import NIOCore
import Testing

import enum EngineIO.Message

@testable import SocketIO

@Suite struct PacketEncoderTests {
    @Test("CONNECT carries the socket id, and the private id if there is one")
    func connect() {
        #expect(PacketEncoder().connect(namespace: "/", sid: "abc").text == #"0{"sid":"abc"}"#)
        #expect(PacketEncoder().connect(namespace: "/admin", sid: "abc").text == #"0/admin,{"sid":"abc"}"#)
        #expect(PacketEncoder().connect(namespace: "/", sid: "a", pid: "b").text == #"0{"sid":"a","pid":"b"}"#)
    }

    @Test("CONNECT_ERROR carries message and data")
    func connectError() {
        #expect(
            PacketEncoder().connectError(namespace: "/random", message: "Invalid namespace").text
                == #"4/random,{"message":"Invalid namespace"}"#)
        #expect(
            PacketEncoder().connectError(namespace: "/", message: "a\"b", data: ["code": 1]).text
                == #"4{"message":"a\"b","data":{"code":1}}"#)
    }

    @Test("in protocol 4, CONNECT has no payload, and that of CONNECT_ERROR is any value")
    func protocol4() {
        #expect(PacketEncoder().connect(protocol4: "/").text == "0")
        #expect(PacketEncoder().connect(protocol4: "/admin").text == "0/admin,")
        #expect(PacketEncoder().connectError(protocol4: "/", payload: "a\"b").text == #"4"a\"b""#)
        #expect(PacketEncoder().connectError(protocol4: "/admin", payload: ["code": 1]).text == #"4/admin,{"code":1}"#)
    }

    @Test("DISCONNECT is the type and the namespace")
    func disconnect() {
        #expect(PacketEncoder().disconnect(namespace: "/").text == "1")
        #expect(PacketEncoder().disconnect(namespace: "/admin").text == "1/admin,")
    }

    @Test("EVENT, the examples of the protocol")
    func event() {
        #expect(PacketEncoder().event("foo", [], namespace: "/").text == #"2["foo"]"#)
        #expect(PacketEncoder().event("bar", [], namespace: "/admin").text == #"2/admin,["bar"]"#)
        #expect(PacketEncoder().event("foo", [], namespace: "/", acknowledgementID: 12).text == #"212["foo"]"#)
        #expect(
            PacketEncoder().event("b", [1, "two", ["three": true]], namespace: "/").text
                == #"2["b",1,"two",{"three":true}]"#)
        #expect(PacketEncoder().event("a\"\n", [], namespace: "/").text == #"2["a\"\n"]"#)
    }

    @Test("An event whose name is among the arguments is the same message")
    func eventWithNameInside() {
        let arguments = Arguments(event: "b", [1, .bytes(7)])
        let message = PacketEncoder().event(arguments, namespace: "/x", acknowledgementID: 3)
        #expect(
            message.messages
                == PacketEncoder().event("b", [1, .bytes(7)], namespace: "/x", acknowledgementID: 3).messages)
        #expect(message.text == #"51-/x,3["b",1,{"_placeholder":true,"num":0}]"#)
    }

    @Test("BINARY_EVENT and BINARY_ACK, the examples of the protocol")
    func binary() {
        let event = PacketEncoder().event("baz", [.bytes(1, 2), .bytes(3, 4)], namespace: "/admin")
        #expect(
            event.messages == [
                .text(#"52-/admin,["baz",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#),
                .binary(1, 2), .binary(3, 4),
            ])
        let acknowledgement = PacketEncoder().acknowledgement(15, ["bar", .bytes(1, 2, 3, 4)], namespace: "/")
        #expect(
            acknowledgement.messages == [
                .text(#"61-15["bar",{"_placeholder":true,"num":0}]"#), .binary(1, 2, 3, 4),
            ])
    }

    @Test("ACK, the example of the protocol")
    func acknowledgement() {
        #expect(PacketEncoder().acknowledgement(13, ["bar"], namespace: "/admin").text == #"3/admin,13["bar"]"#)
        #expect(PacketEncoder().acknowledgement(0, [], namespace: "/").text == "30[]")
        #expect(
            PacketEncoder().acknowledgement(456, [1, "2", ["3": [false]]], namespace: "/").text
                == #"3456[1,"2",{"3":[false]}]"#)
    }

    @Test("Name, namespace and arguments of any length come out whole")
    func lengths() {
        for length in 0..<220 {
            let text = String(repeating: "x", count: length)
            let arguments: Arguments = [.string(text)]
            #expect(PacketEncoder().event("a", arguments, namespace: "/").text == "2[\"a\",\"\(text)\"]")
            #expect(PacketEncoder().event(EventName(text), [], namespace: "/").text == "2[\"\(text)\"]")
            let namespace = "/" + text
            let id = 1 << (length % 63)
            let expected = namespace == "/" ? "3\(id)[1]" : "3\(namespace),\(id)[1]"
            #expect(PacketEncoder().acknowledgement(id, [1], namespace: namespace).text == expected)
        }
    }

    @Test("What a client sent goes out again byte for byte, unusual spelling included")
    func passThrough() throws {
        let packet = try PacketDecoderTests.decode(#"2/x,5["message", 1.0, "\u0041", {"b" : 1, "b" : 2}]"#)
        guard case .event(_, let arguments, let id) = packet.content else { throw PacketDecoderTests.Unexpected() }
        #expect(
            PacketEncoder().event("message-back", arguments, namespace: "/x").text
                == #"2/x,["message-back",1.0, "\u0041", {"b" : 1, "b" : 2}]"#)
        #expect(
            PacketEncoder().acknowledgement(try #require(id), arguments, namespace: "/x").text
                == #"3/x,5[1.0, "\u0041", {"b" : 1, "b" : 2}]"#)
    }

    @Test("Any event and any acknowledgement survives encoding and decoding", arguments: 0..<20)
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var limits = PacketDecoder.Limits()
        limits.maxAttachments = 1_000
        for _ in 0..<10 {
            let arguments = Arguments((0..<3).map { _ in Value.random(depth: 2, binary: true, using: &generator) })
            let name = EventName(String.random(using: &generator))
            let id = Bool.random(using: &generator) ? Int.random(in: 0...(1 << 53), using: &generator) : nil
            let namespace = ["/", "/a", "/admin/é"][Int.random(in: 0..<3, using: &generator)]
            let event = PacketEncoder().event(name, arguments, namespace: namespace, acknowledgementID: id)
            let packet = try #require(try PacketDecoderTests.decode(event.messages, limits: limits))
            guard case .event(name, arguments, id) = packet.content else { throw PacketDecoderTests.Unexpected() }
            #expect(packet.namespace == namespace)
            let answer = PacketEncoder().acknowledgement(id ?? 0, arguments, namespace: namespace)
            let second = try #require(try PacketDecoderTests.decode(answer.messages, limits: limits))
            guard case .acknowledgement(id ?? 0, arguments) = second.content else {
                throw PacketDecoderTests.Unexpected()
            }
            #expect(second.namespace == namespace)
        }
    }
}
