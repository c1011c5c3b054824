import CZlib
package import NIOCore

/// Compresses by DEFLATE. It keeps about `4 << windowBits` and `512 << memoryLevel` bytes, 256 KiB by default, for as
/// long as it lives.
///
/// Not `Sendable`: whoever owns it uses it from one event loop.
package final class Deflater {
    /// What the compressed bytes are wrapped in.
    package enum Format: Hashable, Sendable {
        /// Nothing (RFC 1951), with distances within a window of `1 << windowBits` bytes, 9 to 15.
        case raw(windowBits: Int)
        /// The zlib format (RFC 1950), which HTTP calls `deflate`.
        case zlib
        /// The gzip format (RFC 1952).
        case gzip

        /// The number that zlib has for it.
        fileprivate var windowBits: Int32 {
            switch self {
            case .raw(let windowBits): -Int32(min(max(windowBits, 9), 15))
            case .zlib: 15
            case .gzip: 15 + 16
            }
        }
    }

    // On the heap, as zlib remembers its address.
    private let stream: UnsafeMutablePointer<z_stream>

    /// Creates a compressor; the result is `nil` if there is no memory for it.
    /// - Parameters:
    ///   - format: what the output is wrapped in.
    ///   - level: effort, from 1 (fast) to 9 (small); 0 does not compress.
    ///   - memoryLevel: memory for finding repetitions, from 1 (little) to 9 (fast). Default: 8.
    package init?(_ format: Format, level: Int, memoryLevel: Int = 8) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let status = switchboard_deflate_init(
            stream, Int32(min(max(level, 0), 9)), format.windowBits, Int32(min(max(memoryLevel, 1), 9)))
        guard status == Z_OK else { return nil }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// Forgets what was compressed before: the next output can be read on its own.
    package func reset() {
        deflateReset(stream)
    }

    /// Compresses a message of `permessage-deflate`: up to a byte boundary, without the four bytes `00 00 FF FF` that
    /// every such message would end with (RFC 7692, section 7.2.1). It may refer to earlier messages since a ``reset()``.
    /// - Parameters:
    ///   - message: the message.
    ///   - output: where the compressed message is appended.
    package func deflate(message: ByteBuffer, to output: inout ByteBuffer) {
        run(message, Z_SYNC_FLUSH, to: &output)
        output.moveWriterIndex(to: max(output.readerIndex, output.writerIndex - 4))
    }

    /// Compresses something whole, with the header and the checksum of the format, and is ready for the next.
    /// - Parameters:
    ///   - content: what to compress.
    ///   - output: where the compressed content is appended.
    package func deflate(whole content: ByteBuffer, to output: inout ByteBuffer) {
        run(content, Z_FINISH, to: &output)
        reset()
    }

    private func run(_ input: ByteBuffer, _ flush: Int32, to output: inout ByteBuffer) {
        input.withUnsafeReadableBytes { input in
            // Read only, although zlib's declaration does not say so.
            stream.pointee.next_in = UnsafeMutablePointer(
                mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
            stream.pointee.avail_in = UInt32(clamping: input.count)
            var room = max(256, input.count / 4)
            repeat {
                output.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { space in
                    stream.pointee.next_out = space.baseAddress?.assumingMemoryBound(to: UInt8.self)
                    stream.pointee.avail_out = UInt32(clamping: space.count)
                    // Cannot fail: the stream is in order and has room.
                    CZlib.deflate(stream, flush)
                    return space.count - Int(stream.pointee.avail_out)
                }
                room *= 2
                // It is done when it leaves room.
            } while stream.pointee.avail_out == 0
            stream.pointee.next_in = nil
            stream.pointee.next_out = nil
        }
    }
}
