import NIOCore

/// The memory of messages that have left, for the next ones of the same event loop: many small messages would otherwise each
/// allocate theirs. It is bounded, and idle connections have none of it.
struct SpareBuffers {
    /// As many as may leave in one turn (``Outbox``), if they are short.
    private static let mostBuffers = 512
    private static let mostBytes = 1 << 18
    private static let longest = 1 << 16
    /// In bytes, so that memory serves messages of all usual sizes.
    private static let shortest = 512

    private var buffers: [ByteBuffer] = []
    private var byteCount = 0

    /// An empty buffer for one message of any length, without memory if there is none left over.
    mutating func takeForMessage() -> ByteBuffer {
        buffers.isEmpty ? ByteBuffer() : take()
    }

    /// An empty buffer for several messages.
    mutating func take() -> ByteBuffer {
        var buffer = buffers.popLast() ?? ByteBuffer()
        byteCount -= buffer.capacity
        // New memory, if somebody has the old one still.
        buffer.clear(minimumCapacity: Self.shortest)
        return buffer
    }

    /// Takes a buffer back.
    mutating func put(_ buffer: consuming ByteBuffer) {
        let size = buffer.capacity
        guard size <= Self.longest, size <= Self.mostBytes - byteCount, buffers.count < Self.mostBuffers else { return }
        byteCount += size
        buffers.append(buffer)
    }
}
