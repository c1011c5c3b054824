import NIOCore
import Testing

@testable import EngineIO

@Suite("Packet")
struct PacketTests {
    @Test(
        "decodes every packet type",
        arguments: [
            ("0{}", .open), ("1", .close), ("2", .ping(isProbe: false)), ("2probe", .ping(isProbe: true)),
            ("2prob", .ping(isProbe: false)), ("3", .pong), ("3probe", .pong),
            ("4hello", .message(.text(ByteBuffer(string: "hello")))), ("4", .message(.text(ByteBuffer()))),
            ("5", .upgrade), ("6", .noop),
        ] as [(String, Packet)])
    func types(text: String, packet: Packet) throws {
        #expect(try Packet(text: ByteBuffer(string: text)) == packet)
        #expect(try Packet(.text(ByteBuffer(string: text))) == packet)
    }

    @Test("refuses a missing or unknown type", arguments: ["", "7", "abc", "b", " 4", "é"])
    func unknown(text: String) {
        #expect(throws: ParseError()) { try Packet(text: ByteBuffer(string: text)) }
    }

    @Test("takes a binary WebSocket message as it is")
    func binary() throws {
        let bytes = ByteBuffer(bytes: [0x31, 0xFF])
        #expect(try Packet(.binary(bytes)) == .message(.binary(bytes)))
    }
}
