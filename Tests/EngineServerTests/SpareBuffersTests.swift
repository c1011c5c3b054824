import NIOCore
import Testing

@testable import EngineServer

@Suite("Memory of messages that have left")
struct SpareBuffersTests {
    private func address(_ buffer: ByteBuffer) -> UInt {
        buffer.withVeryUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
    }

    @Test("is there for the next one")
    func reuse() {
        var spares = SpareBuffers()
        #expect(spares.takeForMessage().capacity == 0)
        var buffer = spares.take()
        buffer.writeString("gone")
        let memory = address(buffer)
        spares.put(buffer)
        buffer = ByteBuffer()
        let next = spares.takeForMessage()
        #expect(address(next) == memory)
        #expect(next.readableBytes == 0)
        #expect(spares.takeForMessage().capacity == 0)
    }

    @Test("is left to whoever still has it")
    func shared() {
        var spares = SpareBuffers()
        let kept = ByteBuffer(string: "kept")
        spares.put(kept)
        var next = spares.takeForMessage()
        next.writeString("next")
        #expect(String(buffer: kept) == "kept")
        #expect(address(next) != address(kept))
    }

    @Test("is bounded, in number and in bytes, and does not keep what is long", arguments: [512, 1 << 14, 1 << 20])
    func bounds(size: Int) {
        var spares = SpareBuffers()
        for _ in 0..<1000 { spares.put(ByteBufferAllocator().buffer(capacity: size)) }
        var count = 0
        var bytes = 0
        while case let buffer = spares.takeForMessage(), buffer.capacity > 0 {
            count += 1
            bytes += buffer.capacity
        }
        #expect(count <= 512 && bytes <= 1 << 18)
        #expect((count == 0) == (size > 1 << 16))
    }
}
