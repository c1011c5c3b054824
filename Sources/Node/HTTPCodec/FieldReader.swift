import NIOCore

/// Reads the field lines of a head or of trailers, as far as they have come. Source: RFC 9112, section 5.
struct FieldReader: Sendable {
    private let limits: HeadLimits
    /// Where the lines begin, and where the first that is not read yet does.
    private let start: Int
    private(set) var position: Int
    private(set) var fields = FieldList()

    /// - Parameters:
    ///   - position: where the lines begin, counted from the first byte that was received of the message.
    ///   - limits: how many there may be.
    init(from position: Int, limits: HeadLimits) {
        self.limits = limits
        self.start = position
        self.position = position
    }

    /// Reads lines up to the empty one, and that too.
    /// - Parameter input: what was received of the message.
    /// - Returns: `false` if more bytes are needed.
    /// - Throws: ``MalformedMessage``.
    mutating func read(_ input: ByteBuffer) throws(MalformedMessage) -> Bool {
        try input.withUnsafeReadableBytes { bytes throws(MalformedMessage) in try read(bytes) }
    }

    /// Reads lines up to the empty one, and that too.
    /// - Parameter bytes: what was received of the message.
    /// - Returns: `false` if more bytes are needed.
    /// - Throws: ``MalformedMessage``.
    mutating func read(_ bytes: UnsafeRawBufferPointer) throws(MalformedMessage) -> Bool {
        var line = scanner(bytes)
        while true {
            if line.next == 0x0D {
                guard try line.skipLineEnd() else { return false }
                position = line.position
                return true
            }
            guard let field = try Self.field(&line) else { return false }
            guard fields.count < limits.fieldCount else { throw .tooLarge }
            fields.append(field, initial: bytes[field.name.lowerBound])
            position = line.position
            // Only the empty line may stand behind what fields may take.
            if position - start > limits.fieldBytes - 2 { line = scanner(bytes) }
        }
    }

    /// Reads from the first line that is not read yet, within what fields may take.
    private func scanner(_ bytes: UnsafeRawBufferPointer) -> LineScanner {
        LineScanner(bytes, from: position, limit: max(0, limits.fieldBytes - (position - start) - 2))
    }

    /// Reads a line.
    /// - Returns: `nil` if more bytes are needed.
    private static func field(_ line: inout LineScanner) throws(MalformedMessage) -> HeaderFields.Field? {
        let nameStart = line.position
        line.skipToken()
        let nameEnd = line.position
        // A blank in front of the colon, or of the name (a folded line), hides a field from others.
        guard line.skip(UInt8(ascii: ":")) else {
            guard line.next == nil else { throw .syntax }
            try line.endsEarly()
            return nil
        }
        guard nameEnd > nameStart else { throw .syntax }
        line.skipBlanks()
        let valueStart = line.position
        line.skipText()
        var valueEnd = line.position
        guard try line.skipLineEnd() else { return nil }
        while valueEnd > valueStart, line.bytes[valueEnd - 1] == 0x20 || line.bytes[valueEnd - 1] == 0x09 {
            valueEnd -= 1
        }
        // Heads are far smaller than 4 GiB.
        return HeaderFields.Field(
            nameStart: UInt32(truncatingIfNeeded: nameStart), nameEnd: UInt32(truncatingIfNeeded: nameEnd),
            valueStart: UInt32(truncatingIfNeeded: valueStart), valueEnd: UInt32(truncatingIfNeeded: valueEnd))
    }
}
