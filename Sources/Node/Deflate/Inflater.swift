import CZlib
package import NIOCore

/// Undoes DEFLATE, raw as `permessage-deflate` has it. It keeps 7 KiB and, once it has read something, a window of
/// `1 << windowBits` bytes, for as long as it lives.
///
/// Not `Sendable`: whoever owns it uses it from one event loop.
package final class Inflater {
    // On the heap, as zlib remembers its address.
    private let stream: UnsafeMutablePointer<z_stream>

    /// Creates a decompressor; the result is `nil` if there is no memory for it.
    /// - Parameter windowBits: the window that the sender uses at most, 8 to 15 bits.
    package init?(windowBits: Int) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard switchboard_inflate_init(stream, -Int32(min(max(windowBits, 8), 15))) == Z_OK else { return nil }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Forgets what was read before, an error included.
    package func reset() {
        inflateReset(stream)
    }

    /// Restores a message of `permessage-deflate` (RFC 7692, section 7.2.2), which may refer to earlier messages since
    /// a ``reset()``.
    /// - Parameters:
    ///   - message: the compressed message, without the bytes `00 00 FF FF` at its end.
    ///   - limit: longest result in bytes. No more than that is ever made.
    /// - Returns: the message.
    /// - Throws: ``InflateError``; the next call needs a ``reset()``.
    package func inflate(message: ByteBuffer, limit: Int) throws(InflateError) -> ByteBuffer {
        guard message.readableBytes > 0 else { return ByteBuffer() }
        var output = ByteBufferAllocator().buffer(capacity: min(limit, max(256, message.readableBytes) * 4))
        guard try run(message, to: &output, limit: limit) == .endOfStream else {
            guard try run(Self.tail, to: &output, limit: limit) == .endOfInput, isBetweenBlocks else {
                throw .corrupt
            }
            return output
        }
        // The sender has ended its stream (section 7.2.3.4) and begins another. At most the header of an empty block may
        // follow, of which the tail would be the rest.
        guard stream.pointee.avail_in == 0 || message.readableBytesView.suffix(1) == [0] && stream.pointee.avail_in == 1
        else { throw .corrupt }
        reset()
        return output
    }

    private static let tail = ByteBuffer(bytes: [0x00, 0x00, 0xFF, 0xFF])

    private enum Progress {
        case endOfInput
        case endOfStream
    }

    private func run(_ input: ByteBuffer, to output: inout ByteBuffer, limit: Int) throws(InflateError) -> Progress {
        let (status, isTooBig) = input.withUnsafeReadableBytes { input in
            // Read only, although zlib's declaration does not say so.
            stream.pointee.next_in = UnsafeMutablePointer(
                mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
            stream.pointee.avail_in = UInt32(clamping: input.count)
            defer {
                stream.pointee.next_in = nil
                stream.pointee.next_out = nil
            }
            while true {
                let status = step(to: &output, limit: limit)
                if output.readableBytes > limit { return (status, true) }
                if status != Z_OK || stream.pointee.avail_out > 0 { return (status, false) }
            }
        }
        if isTooBig { throw .tooBig }
        switch status {
        case Z_STREAM_END: return .endOfStream
        // The latter says that there was nothing to do.
        case Z_OK, Z_BUF_ERROR: return .endOfInput
        default: throw .corrupt
        }
    }

    /// Fills what room there is, and makes as much as there is output already; one byte over the limit, at most.
    private func step(to output: inout ByteBuffer, limit: Int) -> Int32 {
        let allowed = limit - output.readableBytes + 1
        var status = Z_OK
        let wanted = min(allowed, max(256, output.readableBytes))
        output.writeWithUnsafeMutableBytes(minimumWritableBytes: wanted) { space in
            let room = min(allowed, space.count)
            stream.pointee.next_out = space.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = UInt32(clamping: room)
            status = CZlib.inflate(stream, Z_SYNC_FLUSH)
            return room - Int(stream.pointee.avail_out)
        }
        return status
    }

    /// Whether the input ended where a block ended, and not in the middle of one.
    private var isBetweenBlocks: Bool {
        // Documented at `inflate`: unused bits of the last byte, 64 in the last block, 128 behind a block's end.
        stream.pointee.data_type & 0xFF == 128
    }
}

/// Why a compressed message cannot be restored.
package enum InflateError: Error, Equatable {
    /// It would be longer than it may be.
    case tooBig
    /// It is not what DEFLATE makes, or a part of it is missing.
    case corrupt
}
