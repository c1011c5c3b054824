import NIOCore

/// What came by a subscription. Its parts share the memory that they were received in.
struct Publication: Equatable {
    /// What has been subscribed to.
    enum Subscription {
        case channel
        case pattern
        case shard
    }

    var subscription: Subscription
    /// The channel or the pattern that was subscribed to.
    var name: ByteBuffer
    var channel: ByteBuffer
    var payload: ByteBuffer
}

extension Publication {
    /// What stands at the front of received bytes.
    enum Front: Equatable {
        case publication(Publication)
        /// What may become one, or has begun as one, and does not end here.
        case incomplete
        case somethingElse
    }

    /// Takes a publication off the front of received bytes (RESP2: a list of the kind, the pattern if it is one, the channel
    /// and the payload, all of them strings). Nothing is copied, and nothing built but the publication itself, since these are
    /// nearly everything that comes by a subscription.
    /// - Parameter bytes: begin with a reply; without the publication when there was one.
    /// - Returns: what stands there.
    static func take(from bytes: inout ByteBuffer) -> Front {
        var scanner = PublicationScanner()
        let ranges: PublicationScanner.Ranges
        do throws(PublicationScanner.Stop) {
            ranges = try scanner.scan(bytes.readableBytesSpan)
        } catch {
            return error == .end ? .incomplete : .somethingElse
        }
        let start = bytes.readerIndex
        guard let channel = bytes.getSlice(at: start + ranges.channel.lowerBound, length: ranges.channel.count),
            let payload = bytes.getSlice(at: start + ranges.payload.lowerBound, length: ranges.payload.count)
        else { return .somethingElse }
        let pattern = ranges.pattern.flatMap { bytes.getSlice(at: start + $0.lowerBound, length: $0.count) }
        bytes.moveReaderIndex(forwardBy: scanner.position)
        return .publication(
            Publication(
                subscription: ranges.subscription, name: pattern ?? channel, channel: channel, payload: payload))
    }
}

/// Finds the parts of a publication.
private struct PublicationScanner {
    /// Why there is none.
    enum Stop: Error {
        /// The bytes are at their end.
        case end
        /// It is something else.
        case other
    }

    struct Ranges {
        var subscription: Publication.Subscription
        var pattern: Range<Int>?
        var channel: Range<Int>
        var payload: Range<Int>
    }

    /// Redis' longest string has 512 MB.
    private static let longestString = 1 << 29

    /// Offset of the next byte; behind the publication at the end.
    private(set) var position = 0

    mutating func scan(_ bytes: RawSpan) throws(Stop) -> Ranges {
        let subscription = try readSubscription(bytes)
        let pattern = subscription == .pattern ? try readString(bytes) : nil
        return Ranges(
            subscription: subscription, pattern: pattern, channel: try readString(bytes),
            payload: try readString(bytes))
    }

    /// The number of elements and the first of them.
    private mutating func readSubscription(_ bytes: RawSpan) throws(Stop) -> Publication.Subscription {
        try expect(UInt8(ascii: "*"), bytes)
        guard position < bytes.byteCount else { throw .end }
        let count = byte(position, bytes)
        guard count == UInt8(ascii: "3") || count == UInt8(ascii: "4") else { throw .other }
        position += 1
        try expect("\r\n$", bytes)
        guard position < bytes.byteCount else { throw .end }
        switch (count, byte(position, bytes)) {
        case (UInt8(ascii: "4"), _):
            try expect("8\r\npmessage\r\n", bytes)
            return .pattern
        case (_, UInt8(ascii: "7")):
            try expect("7\r\nmessage\r\n", bytes)
            return .channel
        default:
            try expect("8\r\nsmessage\r\n", bytes)
            return .shard
        }
    }

    private mutating func expect(_ text: StaticString, _ bytes: RawSpan) throws(Stop) {
        for index in 0..<text.utf8CodeUnitCount { try expect(text.utf8Start[index], bytes) }
    }

    /// `$`, the length in decimal, CR LF, the bytes, CR LF.
    private mutating func readString(_ bytes: RawSpan) throws(Stop) -> Range<Int> {
        try expect(UInt8(ascii: "$"), bytes)
        let length = try readLength(bytes)
        try expect(0x0D, bytes)
        try expect(0x0A, bytes)
        guard length <= bytes.byteCount - position else { throw .end }
        let range = position..<(position + length)
        position = range.upperBound
        try expect(0x0D, bytes)
        try expect(0x0A, bytes)
        return range
    }

    private mutating func readLength(_ bytes: RawSpan) throws(Stop) -> Int {
        let start = position
        var length = 0
        while position < bytes.byteCount {
            let digit = byte(position, bytes) &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            // hiredis refuses leading zeros: it has to see them.
            guard length > 0 || position == start else { throw .other }
            length = length * 10 + Int(digit)
            guard length <= Self.longestString else { throw .other }
            position += 1
        }
        guard position < bytes.byteCount else { throw .end }
        guard position > start else { throw .other }
        return length
    }

    private mutating func expect(_ expected: UInt8, _ bytes: RawSpan) throws(Stop) {
        guard position < bytes.byteCount else { throw .end }
        guard byte(position, bytes) == expected else { throw .other }
        position += 1
    }

    /// The byte at an offset, which must be inside.
    private func byte(_ offset: Int, _ bytes: RawSpan) -> UInt8 {
        bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }
}
