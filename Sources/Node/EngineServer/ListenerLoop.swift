import NIOCore

/// What the HTTP connections of one listener share on one event loop. Confined to the loop.
final class ListenerLoop {
    /// When connections are cut.
    let deadlines: DeadlineWheel
    /// What the last response was written into.
    @exclusivity(unchecked) private var spare = ByteBuffer()

    init(_ loop: any EventLoop) {
        deadlines = DeadlineWheel(loop: loop)
    }

    /// An empty buffer to write a response into, if possible one that was written before.
    func takeBuffer() -> ByteBuffer {
        var buffer = ByteBuffer()
        swap(&buffer, &spare)
        buffer.clear(minimumCapacity: 512)
        return buffer
    }

    /// Takes back a buffer that was sent, or given to the channel; if the channel still writes it, it will not be reused.
    func recycle(_ buffer: consuming ByteBuffer) {
        if buffer.capacity <= 1 << 16 { spare = buffer }
    }
}
