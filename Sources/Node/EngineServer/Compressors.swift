import Deflate
import EngineIO
import NIOCore

/// The compressors that the connections and polls of one event loop share: each is made when it is first needed, and
/// begins anew with every message. Loop-confined.
final class Compressors {
    private let settings: PerMessageDeflate
    private let http: HTTPCompression
    private var deflaters: [Deflater.Format: Deflater] = [:]
    private var inflater: Inflater?
    /// Where messages are compressed before they are copied into frames.
    private var scratch = ByteBuffer()

    init(_ settings: PerMessageDeflate?, http: HTTPCompression?) {
        self.settings = settings ?? PerMessageDeflate()
        self.http = http ?? HTTPCompression()
    }

    /// A compressor for one connection's own use.
    func makeDeflater(windowBits: Int) -> Deflater? {
        Deflater(.raw(windowBits: windowBits), level: settings.level, memoryLevel: settings.memoryLevel)
    }

    /// Compresses a WebSocket message.
    /// - Parameters:
    ///   - message: the payload.
    ///   - deflater: the connection's own.
    /// - Returns: the compressed payload, to be copied at once.
    func deflate(_ message: ByteBuffer, by deflater: Deflater) -> ByteBuffer {
        if scratch.capacity > 1 << 16 { scratch = ByteBuffer() }
        scratch.clear()
        deflater.deflate(message: message, to: &scratch)
        return scratch
    }

    /// Compresses a WebSocket message without reference to others.
    /// - Parameters:
    ///   - message: the payload.
    ///   - windowBits: the window that the receivers have.
    /// - Returns: the compressed payload, to be copied at once; `nil` if it would not be shorter.
    func deflate(_ message: ByteBuffer, windowBits: Int) -> ByteBuffer? {
        let format = Deflater.Format.raw(windowBits: windowBits)
        guard let deflater = deflater(format, or: { makeDeflater(windowBits: windowBits) }) else { return nil }
        let deflated = deflate(message, by: deflater)
        deflater.reset()
        return deflated.readableBytes < message.readableBytes ? deflated : nil
    }

    /// Restores a WebSocket message that refers to no other.
    /// - Parameters:
    ///   - message: the compressed payload.
    ///   - limit: longest payload in bytes.
    /// - Returns: the payload.
    /// - Throws: ``EngineIO/WebSocketError`` if it is longer, or cannot be restored.
    func inflate(_ message: ByteBuffer, limit: Int) throws(WebSocketError) -> ByteBuffer {
        // The largest window reads what was written with any.
        guard let inflater = inflater ?? Inflater(windowBits: 15) else { throw .outOfMemory }
        self.inflater = inflater
        defer { inflater.reset() }
        return try inflater.inflate(message, limit: limit)
    }

    /// Compresses the body of a response.
    /// - Parameters:
    ///   - body: the body.
    ///   - coding: how.
    /// - Returns: `nil` if there is no memory for it.
    func compress(_ body: ByteBuffer, _ coding: ContentCoding) -> ByteBuffer? {
        let format: Deflater.Format = coding == .gzip ? .gzip : .zlib
        guard let deflater = deflater(format, or: { Deflater(format, level: http.level) }) else { return nil }
        var output = ByteBuffer()
        deflater.deflate(whole: body, to: &output)
        return output
    }

    private func deflater(_ format: Deflater.Format, or make: () -> Deflater?) -> Deflater? {
        if let deflater = deflaters[format] { return deflater }
        let deflater = make()
        deflaters[format] = deflater
        return deflater
    }
}

extension Inflater {
    /// Restores a message, with errors in terms of WebSocket.
    func inflate(_ message: ByteBuffer, limit: Int) throws(WebSocketError) -> ByteBuffer {
        do throws(InflateError) {
            return try inflate(message: message, limit: limit)
        } catch {
            switch error {
            case .tooBig: throw .tooBig
            case .corrupt: throw .corrupt
            }
        }
    }
}
