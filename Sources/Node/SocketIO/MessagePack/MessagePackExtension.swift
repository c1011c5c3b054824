/// The extensions that Node.js peers send: of notepack.io, type 0 in its fixed forms is `undefined` (1 byte) or a date
/// (8 bytes, milliseconds), otherwise bytes; type -1 is the timestamp of the MessagePack specification.
enum MessagePackExtension {
    case null
    /// A date as clients get to see it.
    case text(String)
    /// Binary content, at these bytes.
    case binary(Range<Int>)

    /// Consumes what follows the head of an extension.
    init(
        length: Int, isFixed: Bool, _ scanner: inout MessagePackScanner, _ bytes: RawSpan
    ) throws(MessagePackError) {
        let type = try scanner.read(Int8.self, bytes)
        let range = try scanner.take(length, bytes)
        var payload = MessagePackScanner(at: range.lowerBound)
        switch (type, length) {
        case (0, 1) where isFixed: self = .null
        case (0, 8) where isFixed: self = Self.date(milliseconds: try payload.read(Int64.self, bytes))
        case (0, _): self = .binary(range)
        case (-1, 4): self = Self.date(seconds: Int64(try payload.read(UInt32.self, bytes)), nanoseconds: 0)
        case (-1, 8):
            let packed = try payload.read(UInt64.self, bytes)
            self = Self.date(seconds: Int64(packed & 0x3_FFFF_FFFF), nanoseconds: Int64(packed >> 34))
        case (-1, 12):
            let nanoseconds = Int64(try payload.read(UInt32.self, bytes))
            self = Self.date(seconds: try payload.read(Int64.self, bytes), nanoseconds: nanoseconds)
        default: throw .unsupportedExtension(type)
        }
    }

    private static func date(seconds: Int64, nanoseconds: Int64) -> Self {
        let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        let (sum, carry) = milliseconds.addingReportingOverflow(nanoseconds / 1_000_000)
        return date(milliseconds: overflow || carry ? nil : sum)
    }

    /// One that JavaScript does not have is `null`.
    private static func date(milliseconds: Int64?) -> Self {
        milliseconds.flatMap(ISODate.text).map(Self.text) ?? .null
    }
}
