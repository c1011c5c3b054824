import NIOCore

/// Reads the body of a message, piece by piece. Source: RFC 9112, sections 6 and 7.
struct BodyReader: Sendable {
    private enum State {
        case counted(Int)
        /// In front of a chunk, or of the last one.
        case chunkSize
        case chunk(Int)
        case chunkEnd
        case trailers
        case ended
    }

    private let limits: HeadLimits
    private var state: State
    /// Bytes of chunk extensions so far: nobody needs them, so they have the bound of trailers.
    private var extensionBytes = 0
    /// Whether what follows is no HTTP any more.
    let stopsBehind: Bool

    init(_ framing: BodyFraming, limits: HeadLimits, stopsBehind: Bool = false) {
        self.limits = limits
        self.stopsBehind = stopsBehind
        switch framing {
        case .none: state = .ended
        case .length(let length): state = .counted(length)
        case .chunked: state = .chunkSize
        }
    }

    /// Whether there is nothing more to come.
    var hasEnded: Bool {
        if case .ended = state { true } else { false }
    }

    /// Reads the next piece.
    /// - Parameter input: what was received and not read.
    /// - Returns: at least one byte; `nil` at the end, or if more bytes are needed.
    /// - Throws: ``MalformedMessage``.
    mutating func next(from input: inout ByteBuffer) throws(MalformedMessage) -> ByteBuffer? {
        while true {
            switch state {
            case .ended: return nil
            case .counted(let left):
                let bytes = Self.read(left, from: &input)
                let rest = left - (bytes?.readableBytes ?? 0)
                state = rest > 0 ? .counted(rest) : .ended
                return bytes
            case .chunk(let left):
                let bytes = Self.read(left, from: &input)
                let rest = left - (bytes?.readableBytes ?? 0)
                state = rest > 0 ? .chunk(rest) : .chunkEnd
                return bytes
            case .chunkSize, .chunkEnd, .trailers:
                guard try readLine(from: &input) else { return nil }
            }
        }
    }

    private static func read(_ most: Int, from input: inout ByteBuffer) -> ByteBuffer? {
        let length = min(most, input.readableBytes)
        return length > 0 ? input.readSlice(length: length) : nil
    }

    /// Reads what stands between two chunks, or behind the last.
    /// - Returns: `false` if more bytes are needed.
    private mutating func readLine(from input: inout ByteBuffer) throws(MalformedMessage) -> Bool {
        let (length, next) = try input.withUnsafeReadableBytes { bytes throws(MalformedMessage) in
            try line(bytes)
        }
        guard let next else { return false }
        input.moveReaderIndex(forwardBy: length)
        state = next
        return true
    }

    private mutating func line(_ bytes: UnsafeRawBufferPointer) throws(MalformedMessage) -> (Int, State?) {
        switch state {
        case .chunkSize:
            var line = LineScanner(bytes, from: 0, limit: 18 + limits.fieldBytes - extensionBytes)
            guard let size = try chunkSize(&line) else { return (0, nil) }
            return (line.position, size > 0 ? .chunk(size) : .trailers)
        case .chunkEnd:
            var line = LineScanner(bytes, from: 0, limit: 0)
            return try line.skipLineEnd() ? (2, .chunkSize) : (0, nil)
        case .trailers:
            // Read from their beginning each time: few are sent, and they have a bound.
            var reader = FieldReader(from: 0, limits: limits)
            return try reader.read(bytes) ? (reader.position, .ended) : (0, nil)
        default: return (0, nil)
        }
    }

    /// Reads the size of a chunk: hexadecimal digits, perhaps with extensions behind a semicolon.
    private mutating func chunkSize(_ line: inout LineScanner) throws(MalformedMessage) -> Int? {
        var size = 0
        let start = line.position
        while let digit = line.next.flatMap(Self.hexadecimalDigit) {
            // 15 digits are less than an `Int` holds.
            guard line.position - start < 15 else { throw .syntax }
            size = size << 4 | digit
            line.position += 1
        }
        guard line.position > start || line.next == nil else { throw .syntax }
        let end = line.position
        if line.skip(UInt8(ascii: ";")) { line.skipText() }
        let length = line.position - end
        guard try line.skipLineEnd() else { return nil }
        guard length <= limits.fieldBytes - extensionBytes else { throw .tooLarge }
        extensionBytes += length
        return size
    }

    private static func hexadecimalDigit(_ byte: UInt8) -> Int? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte) - 0x30
        case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): Int(byte | 0x20) - 0x57
        default: nil
        }
    }
}
