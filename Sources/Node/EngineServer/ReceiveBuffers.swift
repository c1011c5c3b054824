import NIOCore

/// How long the buffers are that connections are read into. Each channel keeps one for life: a short one, since most
/// connections are idle most of the time; that of a connection that fills its buffer grows with what it reads.
///
/// It is so small that a channel has it in place. With NIO's adaptive allocator each connection costs one more allocation.
struct ReceiveBuffers: RecvByteBufferAllocator {
    /// Takes the handshake of a simple client in one read. Longer ones need a second read, and no longer buffer.
    private static let first: Int32 = 256
    private static let shortest: Int32 = 64
    private static let longest: Int32 = 65_536

    private var size = first
    /// Whether half of the buffer would have been enough for the last read.
    private var wasLong = false

    /// The length of the next buffer, in bytes.
    func nextBufferSize() -> Int? { Int(size) }

    /// A new buffer.
    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer { allocator.buffer(capacity: Int(size)) }

    /// Something was read: the next buffer is longer if this one was full, and shorter if the last two were half empty.
    /// - Returns: whether it is longer.
    mutating func record(actualReadBytes count: Int) -> Bool {
        if count >= Int(size) {
            wasLong = false
            guard size < Self.longest else { return false }
            size *= 2
            return true
        }
        let isLong = size > Self.shortest && count <= Int(size / 2)
        if isLong, wasLong { size /= 2 }
        wasLong = isLong && !wasLong
        return false
    }
}
