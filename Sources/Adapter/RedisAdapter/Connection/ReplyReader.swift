import CHiredis
import NIOCore

/// Turns the bytes of a connection into replies with hiredis' reader. Confined to the event loop of its connection.
final class ReplyReader {
    /// hiredis moves the unread tail of its buffer: small slices keep that cheap.
    private static let slice = 16_384
    private let reader: UnsafeMutablePointer<redisReader>?
    private let allocator = ByteBufferAllocator()

    init() {
        reader = redisReaderCreate()
    }

    deinit {
        if let reader { redisReaderFree(reader) }
    }

    /// Feeds bytes and hands out every reply that is complete.
    func feed(_ bytes: ByteBuffer, _ received: (RedisReply) -> Void) throws(RedisError) {
        guard let reader else { throw .protocolViolation("hiredis is out of memory") }
        var rest = bytes
        while let part = rest.readSlice(length: min(Self.slice, rest.readableBytes)), part.readableBytes > 0 {
            let fed = part.withUnsafeReadableBytes { raw in
                redisReaderFeed(reader, raw.baseAddress?.assumingMemoryBound(to: CChar.self), raw.count)
            }
            guard fed == REDIS_OK else { throw violation(reader) }
            while let reply = try next(reader) { received(reply) }
        }
    }

    private func next(_ reader: UnsafeMutablePointer<redisReader>) throws(RedisError) -> RedisReply? {
        var object: UnsafeMutableRawPointer?
        guard redisReaderGetReply(reader, &object) == REDIS_OK else { throw violation(reader) }
        guard let object else { return nil }
        defer { freeReplyObject(object) }
        return reply(object.assumingMemoryBound(to: redisReply.self).pointee)
    }

    private func violation(_ reader: UnsafeMutablePointer<redisReader>) -> RedisError {
        let text = withUnsafeBytes(of: reader.pointee.errstr) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return .protocolViolation(text)
    }

    private func reply(_ object: redisReply) -> RedisReply {
        switch object.type {
        case REDIS_REPLY_STRING: .bytes(buffer(object))
        case REDIS_REPLY_STATUS: .status(String(buffer: buffer(object)))
        case REDIS_REPLY_ERROR: .error(String(buffer: buffer(object)))
        case REDIS_REPLY_INTEGER: .integer(object.integer)
        case REDIS_REPLY_ARRAY: .array(elements(object))
        default: .null
        }
    }

    /// The strings of one list share memory, so that a publication with its channel costs one allocation.
    private func elements(_ object: redisReply) -> [RedisReply] {
        let elements = UnsafeBufferPointer(start: object.element, count: Int(object.elements))
        var length = 0
        for case let element? in elements where element.pointee.type == REDIS_REPLY_STRING {
            length += Int(element.pointee.len)
        }
        var memory = allocator.buffer(capacity: length)
        for case let element? in elements where element.pointee.type == REDIS_REPLY_STRING {
            memory.writeBytes(bytes(element.pointee))
        }
        return elements.map { element in
            guard let element else { return .null }
            guard element.pointee.type == REDIS_REPLY_STRING else { return reply(element.pointee) }
            return memory.readSlice(length: Int(element.pointee.len)).map(RedisReply.bytes) ?? .null
        }
    }

    private func bytes(_ object: redisReply) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: object.str, count: Int(object.len))
    }

    private func buffer(_ object: redisReply) -> ByteBuffer {
        let bytes = bytes(object)
        var buffer = allocator.buffer(capacity: bytes.count)
        buffer.writeBytes(bytes)
        return buffer
    }
}
