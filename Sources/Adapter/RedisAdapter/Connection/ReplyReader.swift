import CHiredis
import NIOCore

/// Turns the bytes of a connection into replies with hiredis' reader, and into publications where those come. Confined to
/// the event loop of its connection.
final class ReplyReader {
    /// hiredis moves the unread tail of its buffer: small slices keep that cheap.
    private static let slice = 4_096
    private let reader: UnsafeMutablePointer<redisReader>?
    private let allocator = ByteBufferAllocator()
    private let isSubscription: Bool
    /// Whether hiredis has a part of a reply.
    private var isInReply = false
    /// The beginning of a publication whose end has not come.
    private var begun = ByteBuffer()

    /// - Parameter isSubscription: whether publications come, which are told from other lists. Default: replies only.
    init(isSubscription: Bool = false) {
        reader = redisReaderCreate()
        self.isSubscription = isSubscription
    }

    deinit {
        if let reader { redisReaderFree(reader) }
    }

    /// Feeds bytes and hands out everything that is complete.
    /// - Parameters:
    ///   - bytes: as received.
    ///   - published: called with publications.
    ///   - received: called with replies.
    /// - Throws: ``RedisError/protocolViolation(_:)``.
    func feed(
        _ bytes: ByteBuffer, published: (Publication) -> Void = { _ in }, _ received: (RedisReply) -> Void
    ) throws(RedisError) {
        guard let reader else { throw .protocolViolation("hiredis is out of memory") }
        let hasBegun = begun.readableBytes > 0
        var rest = hasBegun ? joined(bytes) : bytes
        while rest.readableBytes > 0 {
            guard isSubscription, !isInReply else {
                try read(&rest, reader, received)
                continue
            }
            switch Publication.take(from: &rest) {
            case .publication(let publication): published(publication)
            case .somethingElse: try read(&rest, reader, received)
            case .incomplete:
                // A long one grows where it is; nothing else keeps the memory that it was received in.
                begun = hasBegun && rest.readerIndex == 0 ? rest : ByteBuffer(buffer: rest)
                return
            }
        }
    }

    private func joined(_ bytes: ByteBuffer) -> ByteBuffer {
        var joined = begun
        begun = ByteBuffer()
        joined.writeImmutableBuffer(bytes)
        return joined
    }

    /// Gives hiredis some of the bytes. In front of what may be a publication it is stopped, and what it was given too much is
    /// taken back.
    private func read(
        _ rest: inout ByteBuffer, _ reader: UnsafeMutablePointer<redisReader>, _ received: (RedisReply) -> Void
    ) throws(RedisError) {
        guard let part = rest.readSlice(length: min(Self.slice, rest.readableBytes)) else { return }
        let fed = part.withUnsafeReadableBytes { raw in
            redisReaderFeed(reader, raw.baseAddress?.assumingMemoryBound(to: CChar.self), raw.count)
        }
        guard fed == REDIS_OK else { throw violation(reader) }
        isInReply = true
        while let reply = try next(reader) {
            let unread = min(reader.pointee.len - reader.pointee.pos, part.readableBytes)
            isInReply = unread > 0 && !isSubscription
            if unread > 0, isSubscription {
                reader.pointee.pos = reader.pointee.len
                rest.moveReaderIndex(to: rest.readerIndex - unread)
            }
            received(reply)
            guard isInReply else { return }
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
