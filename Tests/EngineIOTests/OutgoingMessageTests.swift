import NIOCore
import Testing

@testable import EngineIO

@Suite("Outgoing message")
struct OutgoingMessageTests {
    func payload(_ messages: [OutgoingMessage]) -> String { String(buffer: OutgoingMessage.payload(messages)) }

    /// A frame of a server; the first byte has the final bit, the reserved bits and the opcode.
    static func frame(_ first: UInt8, _ payload: ByteBuffer) -> ByteBuffer {
        var bytes = [first]
        switch payload.readableBytes {
        case ..<126: bytes.append(UInt8(payload.readableBytes))
        case ..<65536: bytes += [126] + WebSocketDecoderTests.big(UInt16(payload.readableBytes))
        default: bytes += [127] + WebSocketDecoderTests.big(UInt64(payload.readableBytes))
        }
        return ByteBuffer(bytes: bytes + Array(buffer: payload))
    }

    @Test("is a WebSocket frame and a polling packet at once", arguments: [0, 124, 125, 65_534, 65_535])
    func textFrame(length: Int) {
        let text = String(repeating: "x", count: length)
        let message = OutgoingMessage(.text(ByteBuffer(string: text)))
        #expect(message.frames == Self.frame(0x81, ByteBuffer(string: "4" + text)))
        #expect(payload([message]) == "4" + text)
        #expect(message.size == message.frames.readableBytes)
    }

    @Test("is the same in memory that was used before, also if that is too short", arguments: [0, 125, 65_534])
    func memory(length: Int) {
        let text = ByteBuffer(repeating: 120, count: length)
        for capacity in [0, 16, 512, 1 << 17] {
            let memory = ByteBufferAllocator().buffer(capacity: capacity)
            let message = OutgoingMessage(textOfLength: length, in: memory) {
                $0.append(contentsOf: text.readableBytesSpan)
            }
            #expect(message.frames == OutgoingMessage(.text(text)).frames)
            #expect(payload([message]) == "4" + String(buffer: text))
            #expect(message.isForOne)
        }
    }

    @Test("carries attachments as frames of their own and as base 64")
    func attachments() {
        let message = OutgoingMessage(attachments: [ByteBuffer(bytes: [1, 2, 3, 4]), ByteBuffer()]) {
            $0.writeString("52-[]")
        }
        var frames = Self.frame(0x81, ByteBuffer(string: "452-[]"))
        frames.writeImmutableBuffer(Self.frame(0x82, ByteBuffer(bytes: [1, 2, 3, 4])))
        frames.writeImmutableBuffer(Self.frame(0x82, ByteBuffer()))
        #expect(message.frames == frames)
        #expect(payload([message]) == "452-[]\u{1E}bAQIDBA==\u{1E}b")
    }

    @Test("carries a lone binary message without a packet type")
    func binary() {
        let message = OutgoingMessage(.binary(ByteBuffer(bytes: [1, 2, 3, 4])))
        #expect(message.frames == Self.frame(0x82, ByteBuffer(bytes: [1, 2, 3, 4])))
        #expect(payload([message]) == "bAQIDBA==")
    }

    @Test("joins messages and control packets in one payload")
    func joined() {
        let hello = OutgoingMessage(.text(ByteBuffer(string: "hello")))
        #expect(payload([hello, .ping, .close]) == "4hello\u{1E}2\u{1E}1")
        #expect(payload([.noop]) == "6")
        #expect(payload([.probeAnswer]) == "3probe")
    }

    @Test("opens a session with five items in the protocol's order")
    func open() {
        let open = OpenPacket(
            upgrades: [.websocket], pingInterval: .milliseconds(300), pingTimeout: .seconds(20), maxPayload: 1_000_000)
        #expect(
            payload([open.message(sessionID: "abc")])
                == #"0{"sid":"abc","upgrades":["websocket"],"pingInterval":300,"pingTimeout":20000,"maxPayload":1000000}"#
        )
    }
}
