import Deflate
import EngineIO
import NIOCore

/// Engine.IO: payloads of polling, frames of WebSocket, compression.
extension Benchmark {
    static let transports: [Benchmark] = [
        decodingPayload("one", packets: 1),
        decodingPayload("ten", packets: 10),
        Benchmark("payload.decode.binary") {
            var body = ByteBuffer(string: "b")
            Base64.encode(repeatElement(7, count: 256), into: &body)
            return { decode(body) }
        },
        encodingPayload("one", messages: [text]),
        encodingPayload("ten", messages: Array(repeating: text, count: 10)),
        encodingPayload("binary", messages: [.binary(ByteBuffer(repeating: 7, count: 256))]),
        decodingFrames("32Bytes", length: 32, count: 1),
        decodingFrames("ten32Bytes", length: 32, count: 10),
        decodingFrames("16KiB", length: 16_384, count: 1),
        decodingFrames("umlauts1KiB", length: 1024, count: 1, character: "ü"),
        Benchmark("frame.encode.32Bytes") { { keep(OutgoingMessage(text)) } },
        Benchmark("frame.encode.pong") { { keep(WebSocketFrame.pong(ByteBuffer())) } },
        deflating, inflating,
    ]

    private static let text = Message.text(ByteBuffer(string: #"2["message","what 32 bytes do"]"#))

    private static func decodingPayload(_ name: String, packets: Int) -> Benchmark {
        Benchmark("payload.decode.\(name)") {
            let packet = #"42["message","what 32 bytes do"]"#
            let body = ByteBuffer(string: Array(repeating: packet, count: packets).joined(separator: "\u{1E}"))
            return { decode(body) }
        }
    }

    private static func decode(_ body: ByteBuffer) {
        guard var payload = try? Payload(body, maxPackets: 1000) else { return }
        while let packet = try? payload.next() { keep(packet) }
    }

    private static func encodingPayload(_ name: String, messages: [Message]) -> Benchmark {
        Benchmark("payload.encode.\(name)") {
            let messages = messages.map { OutgoingMessage($0) }
            return { keep(OutgoingMessage.payload(messages)) }
        }
    }

    /// Frames as one read brings them. They are written anew each time, because they are unmasked in place.
    private static func decodingFrames(
        _ name: String, length: Int, count: Int, character: Character = "x"
    ) -> Benchmark {
        Benchmark("frame.decode.\(name)") {
            let payload = ByteBuffer(string: "4" + String(repeating: character, count: length / character.utf8.count))
            var frames = masked(payload, key: 0x1234_5678)
            for _ in 1..<count { frames.writeImmutableBuffer(masked(payload, key: 0x9ABC_DEF0)) }
            let read = ByteBufferAllocator().buffer(capacity: 65_536)
            return (WebSocketDecoder(maxMessageSize: 1_000_000), read, frames)
        } operation: { (socket: inout (decoder: WebSocketDecoder, read: ByteBuffer, frames: ByteBuffer)) in
            socket.read.clear()
            socket.read.writeImmutableBuffer(socket.frames)
            while let event = try? socket.decoder.next(from: &socket.read) { keep(event) }
        }
    }

    /// A frame as a client sends it (RFC 6455, section 5.2).
    static func masked(_ payload: ByteBuffer, key: UInt32, opcode: UInt8 = 0x1) -> ByteBuffer {
        var frame = ByteBuffer(bytes: [0x80 | opcode])
        if payload.readableBytes < 126 {
            frame.writeInteger(0x80 | UInt8(payload.readableBytes))
        } else {
            frame.writeMultipleIntegers(UInt8(0x80 | 126), UInt16(payload.readableBytes))
        }
        frame.writeInteger(key)
        for (index, byte) in payload.readableBytesView.enumerated() {
            frame.writeInteger(byte ^ UInt8(truncatingIfNeeded: key >> UInt32(24 - 8 * (index & 3))))
        }
        return frame
    }

    private static let document = ByteBuffer(
        string: (0..<32).map { #"{"id":\#($0),"name":"participant \#($0)","waiting":true}"# }.joined(separator: ","))

    private static let deflating = Benchmark("deflate.deflate.2KiB") {
        guard let deflater = Deflater(.raw(windowBits: 15), level: 6) else { return {} }
        return {
            var output = ByteBufferAllocator().buffer(capacity: 1024)
            deflater.reset()
            deflater.deflate(message: document, to: &output)
            keep(output)
        }
    }

    private static let inflating = Benchmark("deflate.inflate.2KiB") {
        guard let deflater = Deflater(.raw(windowBits: 15), level: 6), let inflater = Inflater(windowBits: 15) else {
            return {}
        }
        var message = ByteBuffer()
        deflater.deflate(message: document, to: &message)
        return { [message] in
            inflater.reset()
            keep(try? inflater.inflate(message: message, limit: 1_000_000))
        }
    }
}
