import NIOCore
import Testing

import enum EngineIO.Message
import struct EngineIO.OutgoingMessage

@testable import SocketIO

/// The format of socket.io-msgpack-parser, in both directions.
@Suite struct MessagePackPacketTests {
    private let encoder = PacketEncoder(format: .messagePack)
    private var decoder = PacketDecoder(format: .messagePack)

    @Test("Every packet is one binary message: a map of type, data, id and namespace")
    func encoding() throws {
        #expect(try encoder.connect(namespace: "/", sid: "a").packet == ["type": 0, "data": ["sid": "a"], "nsp": "/"])
        #expect(
            try encoder.connect(namespace: "/x", sid: "a", pid: "b").packet
                == ["type": 0, "data": ["sid": "a", "pid": "b"], "nsp": "/x"])
        #expect(try encoder.disconnect(namespace: "/").packet == ["type": 1, "nsp": "/"])
        #expect(
            try encoder.event("b", [1, .bytes(7), ["n": nil]], namespace: "/").packet
                == ["type": 2, "data": ["b", 1, .bytes(7), ["n": nil]], "nsp": "/"])
        #expect(
            try encoder.event(["b", 1], namespace: "/x", acknowledgementID: 3).packet
                == ["type": 2, "data": ["b", 1], "id": 3, "nsp": "/x"])
        #expect(
            try encoder.acknowledgement(5, [.bytes(1)], namespace: "/").packet
                == ["type": 3, "data": [.bytes(1)], "id": 5, "nsp": "/"])
        #expect(
            try encoder.connectError(namespace: "/", message: "no", data: ["code": 1]).packet
                == ["type": 4, "data": ["message": "no", "data": ["code": 1]], "nsp": "/"])
    }

    @Test("The bytes of an event are those of the reference's encoder")
    func bytes() {
        let bytes = ByteBuffer(hexadecimal: "83a474797065" + "02" + "a464617461" + "93a16201a178" + "a36e7370a12f")
        #expect(encoder.event("b", [1, "x"], namespace: "/").messages == [.binary(bytes)])
    }

    @Test("An event comes with name, arguments, binary content in place, and id; other keys are ignored")
    mutating func events() throws {
        let packet = try read([
            "type": 2, "data": ["photo", .bytes(1, 2), ["in": .bytes(3)]], "options": ["compress": true], "id": 9,
            "nsp": "/admin",
        ])
        #expect(packet.namespace == "/admin")
        guard case .event(let name, let arguments, let id) = packet.content else { throw WrongKind() }
        #expect(name == "photo")
        #expect(arguments.values == [.bytes(1, 2), ["in": .bytes(3)]])
        #expect(id == 9)
    }

    @Test("An event whose name is a number has its JavaScript text as name")
    mutating func numericName() throws {
        guard case .event(let name, _, nil) = try read(["type": 2, "data": [1.5], "nsp": "/"]).content else {
            throw WrongKind()
        }
        #expect(name == "1.5")
    }

    @Test("CONNECT has a payload or none, and null counts as none")
    mutating func connect() throws {
        for data: Value? in [nil, .null, ["token": "t"]] {
            var packet: Value.Object = .init([.init(key: "type", value: 0), .init(key: "nsp", value: "/")])
            packet["data"] = data
            guard case .connect(let payload) = try read(.object(packet)).content else { throw WrongKind() }
            #expect(payload["token"] == data?["token"])
        }
    }

    @Test("DISCONNECT, acknowledgements and what only servers send")
    mutating func others() throws {
        guard case .disconnect = try read(["type": 1, "data": nil, "nsp": "/"]).content else { throw WrongKind() }
        guard case .acknowledgement(4, let arguments) = try read(["type": 3, "data": [1], "id": 4, "nsp": "/"]).content
        else { throw WrongKind() }
        #expect(arguments == [1])
        guard case .connectError = try read(["type": 4, "data": "no", "nsp": "/"]).content else { throw WrongKind() }
    }

    @Test(
        "What socket.io-msgpack-parser refuses is refused",
        arguments: [
            (["type": 5, "data": ["a"], "nsp": "/"], .unknownType),
            (["type": -1, "data": ["a"], "nsp": "/"], .unknownType),
            (["type": "2", "data": ["a"], "nsp": "/"], .unknownType),
            (["type": 1.5, "data": ["a"], "nsp": "/"], .unknownType),
            (["data": ["a"], "nsp": "/"], .unknownType),
            ([1, 2], .unknownType),
            (["type": 2, "data": ["a"]], .invalidNamespace),
            (["type": 2, "data": ["a"], "nsp": 1], .invalidNamespace),
            (["type": 2, "data": ["a"], "nsp": .string("/" + String(repeating: "a", count: 1024))], .namespaceTooLong),
            (["type": 2, "data": ["a"], "id": "1", "nsp": "/"], .illegalAcknowledgementID),
            (["type": 2, "data": ["a"], "id": -1, "nsp": "/"], .illegalAcknowledgementID),
            (["type": 2, "data": ["a"], "id": 0.5, "nsp": "/"], .illegalAcknowledgementID),
            (["type": 3, "data": ["a"], "nsp": "/"], .illegalAcknowledgementID),
            (["type": 0, "data": [1], "nsp": "/"], .invalidPayload),
            (["type": 1, "data": ["a"], "nsp": "/"], .invalidPayload),
            (["type": 2, "data": ["a": 1], "nsp": "/"], .invalidPayload),
            (["type": 2, "nsp": "/"], .invalidPayload),
            (["type": 2, "data": [], "nsp": "/"], .invalidPayload),
            (["type": 2, "data": [true], "nsp": "/"], .invalidPayload),
            (["type": 2, "data": ["disconnect"], "nsp": "/"], .reservedEventName),
            (["type": 4, "data": 1, "nsp": "/"], .invalidPayload),
        ] as [(Value, PacketError)])
    func refused(_ packet: Value, _ error: PacketError) {
        var decoder = PacketDecoder(format: .messagePack)
        #expect(throws: error) { try decoder.received(.binary(packet.messagePack)) }
    }

    @Test("Texts, broken and too deep MessagePack are refused")
    mutating func hostile() {
        #expect(throws: PacketError.unexpectedText) { try decoder.received(.text("2[\"a\"]")) }
        #expect(throws: PacketError.invalidMessagePack(.unexpectedEnd)) { try decoder.received(.binary(0x83, 0xA4)) }
        #expect(throws: PacketError.invalidMessagePack(.unexpectedEnd)) { try decoder.received(.binary(ByteBuffer())) }
        #expect(throws: PacketError.invalidMessagePack(.trailingBytes)) { try decoder.received(.binary(0xC0, 0xC0)) }
        for (depth, isRefused) in [(128, false), (129, true)] {
            var argument: Value = []
            for _ in 1..<depth { argument = [argument] }
            let bytes = (["type": 2, "data": ["a", argument], "nsp": "/"] as Value).messagePack
            #expect((try? decoder.received(.binary(bytes))) == nil ? isRefused : !isRefused)
        }
    }

    @Test("Arguments survive from JSON to MessagePack and back")
    mutating func roundTrip() throws {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<200 {
            let values = (0..<3).map { _ in Value.random(depth: 3, binary: true, using: &generator) }
            let message = encoder.event("e", Arguments(values), namespace: "/", acknowledgementID: 1)
            guard case .event(_, let arguments, 1)? = try decoder.received(message.messages[0])?.content else {
                throw WrongKind()
            }
            #expect(arguments.values == values)
        }
    }

    private mutating func read(_ packet: Value) throws -> Packet {
        guard let packet = try decoder.received(.binary(packet.messagePack)) else { throw WrongKind() }
        return packet
    }
}

private struct WrongKind: Error {}

extension Value {
    fileprivate var messagePack: ByteBuffer {
        var bytes = ByteBuffer()
        writeMessagePack(to: &bytes)
        return bytes
    }
}

extension OutgoingMessage {
    /// The map that this message is, if it is a single binary one.
    fileprivate var packet: Value {
        get throws {
            guard messages.count == 1, case .binary(let bytes) = messages[0] else { throw WrongKind() }
            return try Value(messagePack: bytes)
        }
    }
}
