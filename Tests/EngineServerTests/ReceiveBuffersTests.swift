import NIOCore
import Testing

@testable import EngineServer

@Suite("Receive buffers")
struct ReceiveBuffersTests {
    /// The length of the next buffer after some reads.
    static func size(after reads: [Int]) -> Int? {
        var buffers = ReceiveBuffers()
        for count in reads { _ = buffers.record(actualReadBytes: count) }
        return buffers.nextBufferSize()
    }

    @Test("buffers that are filled double up to the longest")
    func growth() {
        #expect(Self.size(after: []) == 256)
        #expect(Self.size(after: [255]) == 256)
        #expect(Self.size(after: [256]) == 512)
        #expect(Self.size(after: Array(repeating: 65_536, count: 20)) == 65_536)
    }

    @Test("two reads in a row that need no more than half of the buffer halve it, down to the shortest")
    func shrinking() {
        #expect(Self.size(after: [128, 129, 128]) == 256)
        #expect(Self.size(after: [128, 129, 128, 128]) == 128)
        #expect(Self.size(after: Array(repeating: 1, count: 20)) == 64)
    }

    @Test("says when the next buffer is longer, and makes buffers of that length")
    func buffers() {
        var buffers = ReceiveBuffers()
        let answers = [256, 1, 512].map { buffers.record(actualReadBytes: $0) }
        #expect(answers == [true, false, true])
        #expect(buffers.buffer(allocator: ByteBufferAllocator()).capacity == 1024)
    }
}
