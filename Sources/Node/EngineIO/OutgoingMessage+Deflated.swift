package import NIOCore
import Synchronization

extension OutgoingMessage {
    /// Whether and how a message may be compressed on its way.
    enum Compression: Sendable {
        /// It may; who compresses it does so for one receiver.
        case allowed
        /// It may, and has many receivers.
        case shared(DeflatedFrames)
        /// It goes as it is.
        case forbidden
    }

    /// Whether the message may be compressed on its way, as the `compress` flag of Socket.IO says. Default: `true`.
    public var isCompressible: Bool {
        get { if case .forbidden = compression { false } else { true } }
        set { if newValue != isCompressible { compression = newValue ? .allowed : .forbidden } }
    }

    /// Prepares a message for many receivers: where WebSockets compress, all copies made from now on are compressed
    /// once together. It costs an allocation, so do it only where a receiver says ``EngineSession/compresses``.
    public mutating func shareCompression() {
        if case .allowed = compression { compression = .shared(DeflatedFrames()) }
    }

    /// The frames with what is long enough compressed, for one receiver. Source: RFC 7692, section 6.1.
    /// - Parameters:
    ///   - threshold: shortest payload in bytes that is compressed.
    ///   - deflate: compresses a payload; `nil` sends it as it is.
    /// - Returns: complete frames.
    package func deflatedFrames(threshold: Int, by deflate: (ByteBuffer) -> ByteBuffer?) -> ByteBuffer {
        guard isWorthDeflating(threshold) else { return frames }
        var buffer = ByteBufferAllocator().buffer(capacity: 0)
        for part in [first] + attachments {
            let payload = slice(part)
            let opcode: UInt8 = part.isBinary ? 0x2 : 0x1
            if part.payloadLength >= threshold, let deflated = deflate(payload) {
                Self.write(0x40 | opcode, deflated, to: &buffer)
            } else {
                Self.write(opcode, payload, to: &buffer)
            }
        }
        return buffer
    }

    /// The frames with what is long enough compressed without reference to other messages, for any receiver with a
    /// window of that size. If compression is shared (``shareCompression()``), they are made once.
    /// - Parameters:
    ///   - threshold: shortest payload in bytes that is compressed.
    ///   - windowBits: the window that `deflate` uses.
    ///   - deflate: compresses a payload; `nil` sends it as it is.
    /// - Returns: complete frames.
    package func deflatedFrames(
        threshold: Int, windowBits: Int, by deflate: (ByteBuffer) -> ByteBuffer?
    ) -> ByteBuffer {
        guard case .shared(let shared) = compression, isWorthDeflating(threshold) else {
            return deflatedFrames(threshold: threshold, by: deflate)
        }
        return shared.frames(windowBits: windowBits) { deflatedFrames(threshold: threshold, by: deflate) }
    }

    private func isWorthDeflating(_ threshold: Int) -> Bool {
        first.payloadLength >= threshold || attachments.contains { $0.payloadLength >= threshold }
    }

    private static func write(_ opcode: UInt8, _ payload: ByteBuffer, to buffer: inout ByteBuffer) {
        buffer.reserveCapacity(minimumWritableBytes: payload.readableBytes + 10)
        FrameHeader.write(opcode: opcode, payloadLength: payload.readableBytes, to: &buffer)
        buffer.writeImmutableBuffer(payload)
    }
}

/// The compressed form of a message, made by the first event loop that needs it. The others wait for it meanwhile: it
/// would take them as long to make their own.
final class DeflatedFrames: Sendable {
    // One form for each size of window; nearly always one in all, at most seven.
    private let forms = Mutex<[(windowBits: Int, frames: ByteBuffer)]>([])

    func frames(windowBits: Int, make: () -> ByteBuffer) -> ByteBuffer {
        forms.withLock { forms in
            if let form = forms.first(where: { $0.windowBits == windowBits }) { return form.frames }
            let frames = make()
            forms.append((windowBits, frames))
            return frames
        }
    }
}
