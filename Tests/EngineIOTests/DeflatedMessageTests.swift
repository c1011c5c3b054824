import NIOCore
import Synchronization
import Testing

@testable import EngineIO

@Suite("Compressed outgoing message")
struct DeflatedMessageTests {
    static let attachments = [
        ByteBuffer(repeating: 1, count: 100), ByteBuffer(bytes: [1, 2]), ByteBuffer(repeating: 3, count: 70_000),
    ]

    static func message(_ length: Int = 99, attachments: [ByteBuffer] = []) -> OutgoingMessage {
        OutgoingMessage(attachments: attachments) { $0.writeRepeatingByte(UInt8(ascii: "x"), count: length) }
    }

    /// Stands for compression.
    func halve(_ payload: ByteBuffer) -> ByteBuffer? {
        payload.getSlice(at: payload.readerIndex, length: payload.readableBytes / 2)
    }

    @Test("compresses every payload from the threshold on, and marks it")
    func threshold() {
        let message = Self.message(attachments: Self.attachments)
        var expected = OutgoingMessageTests.frame(0xC1, ByteBuffer(string: "4" + String(repeating: "x", count: 49)))
        expected.writeImmutableBuffer(OutgoingMessageTests.frame(0xC2, ByteBuffer(repeating: 1, count: 50)))
        expected.writeImmutableBuffer(OutgoingMessageTests.frame(0x82, ByteBuffer(bytes: [1, 2])))
        expected.writeImmutableBuffer(OutgoingMessageTests.frame(0xC2, ByteBuffer(repeating: 3, count: 35_000)))
        #expect(message.deflatedFrames(threshold: 100, by: halve) == expected)
        #expect(message.deflatedFrames(threshold: 70_001, by: halve) == message.frames)
        #expect(message.deflatedFrames(threshold: 100) { _ in nil } == message.frames)
    }

    final class Counter: Sendable {
        private let count = Mutex(0)

        var value: Int { count.withLock { $0 } }

        func add() { count.withLock { $0 += 1 } }
    }

    @Test("compresses once for all receivers with the same window, from any thread")
    func shared() async {
        var message = Self.message()
        message.shareCompression()
        let counter = Counter()
        let frames = await withTaskGroup { [message] tasks in
            for index in 0..<64 {
                tasks.addTask {
                    message.deflatedFrames(threshold: 10, windowBits: index % 2 == 0 ? 15 : 9) { payload in
                        counter.add()
                        return halve(payload)
                    }
                }
            }
            return await tasks.reduce(into: [ByteBuffer]()) { $0.append($1) }
        }
        #expect(counter.value == 2)
        #expect(frames.allSatisfy { $0 == message.deflatedFrames(threshold: 10, by: halve) })
    }

    @Test("compresses for each receiver what is not prepared for many")
    func unshared() {
        let message = Self.message()
        var count = 0
        for _ in 0..<3 {
            _ = message.deflatedFrames(threshold: 10, windowBits: 15) { payload in
                count += 1
                return halve(payload)
            }
        }
        #expect(count == 3)
    }

    @Test("remembers that it may not be compressed")
    func forbidden() {
        var message = Self.message()
        #expect(message.isCompressible)
        message.shareCompression()
        #expect(message.isCompressible)
        message.isCompressible = false
        message.shareCompression()
        #expect(!message.isCompressible)
        message.isCompressible = true
        #expect(message.isCompressible)
    }

    @Test("costs one word where it is not used")
    func size() {
        #expect(MemoryLayout<OutgoingMessage.Compression>.size == MemoryLayout<Int>.size)
    }
}
