import Deflate
import NIOCore
import Testing

@Suite("DEFLATE")
struct DeflateTests {
    static let text = ByteBuffer(string: String(repeating: "the same again and again, ", count: 1000))

    /// Bytes without repetitions, always the same.
    static func noise(_ count: Int) -> ByteBuffer {
        var state: UInt64 = 1
        return ByteBuffer(
            bytes: (0..<count).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: state >> 56)
            })
    }

    func deflate(_ deflater: Deflater, _ message: ByteBuffer) -> ByteBuffer {
        var output = ByteBuffer()
        deflater.deflate(message: message, to: &output)
        return output
    }

    @Test(
        "gives back what it was given, in every window",
        arguments: 9...15, [ByteBuffer(), ByteBuffer(string: "a"), text, noise(100_000)])
    func roundTrip(windowBits: Int, message: ByteBuffer) throws {
        let deflater = try #require(Deflater(.raw(windowBits: windowBits), level: 6))
        let inflater = try #require(Inflater(windowBits: windowBits))
        for _ in 0..<3 {
            let compressed = deflate(deflater, message)
            #expect(try inflater.inflate(message: compressed, limit: message.readableBytes) == message)
        }
    }

    @Test("later messages refer to earlier ones until a reset")
    func context() throws {
        let deflater = try #require(Deflater(.raw(windowBits: 15), level: 6))
        let message = Self.noise(1000)
        let first = deflate(deflater, message)
        let second = deflate(deflater, message)
        #expect(second.readableBytes < 50)
        deflater.reset()
        #expect(deflate(deflater, message) == first)

        let inflater = try #require(Inflater(windowBits: 15))
        #expect(try inflater.inflate(message: first, limit: 1000) == message)
        #expect(try inflater.inflate(message: second, limit: 1000) == message)
        inflater.reset()
        #expect(throws: InflateError.corrupt) { try inflater.inflate(message: second, limit: 1000) }
    }

    @Test("reads the examples of RFC 7692, section 7.2.3")
    func examples() throws {
        let inflater = try #require(Inflater(windowBits: 15))
        let examples: [[UInt8]] = [
            [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00],
            // Out of the first one's window.
            [0xF2, 0x00, 0x11, 0x00, 0x00],
            // Not compressed.
            [0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00],
            // With a final block.
            [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00],
            // Two blocks.
            [0xF2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xCA, 0xC9, 0xC9, 0x07, 0x00],
        ]
        for example in examples {
            let message = try inflater.inflate(message: ByteBuffer(bytes: example), limit: 5)
            #expect(message == ByteBuffer(string: "Hello"))
        }
        #expect(try inflater.inflate(message: ByteBuffer(bytes: [0x00]), limit: 5) == ByteBuffer())
    }

    @Test("stops at the limit, of whatever size the rest would be", arguments: [0, 1, 255, 256, 1000, 65_536, 99_999])
    func bomb(limit: Int) throws {
        let deflater = try #require(Deflater(.raw(windowBits: 15), level: 9))
        let compressed = deflate(deflater, ByteBuffer(repeating: 0, count: 100_000))
        #expect(compressed.readableBytes < 200)
        let inflater = try #require(Inflater(windowBits: 15))
        #expect(throws: InflateError.tooBig) { try inflater.inflate(message: compressed, limit: limit) }
        inflater.reset()
        #expect(try inflater.inflate(message: compressed, limit: 100_000).readableBytes == 100_000)
    }

    @Test("refuses what is cut off anywhere, and what DEFLATE does not make")
    func corrupt() throws {
        let deflater = try #require(Deflater(.raw(windowBits: 15), level: 6))
        let inflater = try #require(Inflater(windowBits: 15))
        let compressed = deflate(deflater, ByteBuffer(string: #"2["event",{"some":"json","and":[1,2,3]}]"#))
        var accepted: [Int] = []
        for length in 1..<compressed.readableBytes {
            let part = try #require(compressed.getSlice(at: compressed.readerIndex, length: length))
            inflater.reset()
            if (try? inflater.inflate(message: part, limit: 1000)) != nil { accepted.append(length) }
        }
        #expect(accepted.isEmpty)
        for bytes: [UInt8] in [
            [0x06], [0xFF, 0xFF], [0x00, 0x05, 0x00, 0x00, 0x00, 0x00], [0x03, 0x00, 0x01], [0x03, 0x00, 0, 0],
        ] {
            inflater.reset()
            #expect(throws: InflateError.corrupt) {
                try inflater.inflate(message: ByteBuffer(bytes: bytes), limit: 1000)
            }
        }
    }

    @Test("makes gzip and zlib that their headers and ends mark as such")
    func formats() throws {
        for (format, start) in [(Deflater.Format.gzip, [0x1F, 0x8B] as [UInt8]), (.zlib, [0x78])] {
            let deflater = try #require(Deflater(format, level: 6))
            var outputs: [ByteBuffer] = []
            for _ in 0..<2 {
                var output = ByteBuffer(string: "before")
                deflater.deflate(whole: Self.text, to: &output)
                output.moveReaderIndex(forwardBy: 6)
                #expect(output.readableBytesView.starts(with: start))
                #expect(output.readableBytes < 500)
                outputs.append(output)
            }
            #expect(outputs[0] == outputs[1])
        }
    }
}
