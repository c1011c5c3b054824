/// Finds out from the fields of a request where its body ends and what becomes of the connection, and refuses what could
/// be read in two ways: that is how one request is made to look like two (RFC 9112, section 11.2).
struct RequestFields {
    private let bytes: UnsafeRawBufferPointer
    private(set) var traits: RequestTraits = []
    private var hosts = 0
    private var length: Int?
    private var isChunked = false

    /// - Parameters:
    ///   - fields: the fields.
    ///   - bytes: the head.
    /// - Throws: ``MalformedMessage``.
    init(_ fields: FieldList, _ bytes: UnsafeRawBufferPointer) throws(MalformedMessage) {
        self.bytes = bytes
        for index in fields.indices {
            let field = fields[index]
            try read(field.name, field.value)
        }
    }

    private mutating func read(_ name: Range<Int>, _ value: Range<Int>) throws(MalformedMessage) {
        switch name.count {
        case 4 where bytes.matches("host", in: name): try readHost(value)
        case 6 where bytes.matches("expect", in: name):
            if bytes.hasMember("100-continue", in: value) { traits.insert(.expectsContinue) }
        case 7 where bytes.matches("upgrade", in: name): traits.insert(.upgrade)
        case 10 where bytes.matches("connection", in: name): readConnection(value)
        case 14 where bytes.matches("content-length", in: name):
            guard length == nil else { throw .syntax }
            length = try Self.length(bytes[value])
        case 17 where bytes.matches("transfer-encoding", in: name):
            // Other codings than this one nobody uses for requests, and not everybody reads them alike.
            guard !isChunked, bytes.matches("chunked", in: value) else { throw .syntax }
            isChunked = true
        default: break
        }
    }

    private mutating func readHost(_ value: Range<Int>) throws(MalformedMessage) {
        hosts += 1
        // What cannot stand in an authority, others may take for its end.
        guard hosts == 1 else { throw .syntax }
        for index in value where !Self.isOfAuthority(bytes[index]) { throw .syntax }
    }

    private static func isOfAuthority(_ byte: UInt8) -> Bool {
        // One bit for each of tab, blank, "#,/<>? and of @\.
        let bits: UInt64 = byte < 0x40 ? 0xD000_900D_0000_0200 : byte < 0x80 ? 0x0000_0000_1000_0001 : 0
        return bits >> UInt64(byte & 0x3F) & 1 == 0
    }

    private mutating func readConnection(_ value: Range<Int>) {
        // Nearly every list has one member.
        guard !readOption(value) else { return }
        for member in bytes.members(in: value) { _ = readOption(member) }
    }

    /// Reads an option of the connection.
    /// - Returns: whether it is one that we know.
    private mutating func readOption(_ option: Range<Int>) -> Bool {
        switch option.count {
        case 5 where bytes.matches("close", in: option): traits.insert(.close)
        case 7 where bytes.matches("upgrade", in: option): traits.insert(.connectionUpgrade)
        case 10 where bytes.matches("keep-alive", in: option): traits.insert(.keepAlive)
        default: return false
        }
        return true
    }

    /// The number in a `Content-Length`: digits, and nothing else (RFC 9110, section 8.6).
    static func length(_ text: Slice<UnsafeRawBufferPointer>) throws(MalformedMessage) -> Int {
        guard !text.isEmpty else { throw .syntax }
        var length = 0
        for byte in text {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { throw .syntax }
            let (tens, overflows) = length.multipliedReportingOverflow(by: 10)
            let (sum, isOver) = tens.addingReportingOverflow(Int(byte & 0x0F))
            guard !overflows, !isOver else { throw .syntax }
            length = sum
        }
        return length
    }

    /// Where the body ends.
    /// - Parameter minorVersion: that of the request.
    /// - Returns: how its end is found.
    /// - Throws: ``MalformedMessage`` if the request says two things, or has not the one host that it must have.
    func framing(minorVersion: Int) throws(MalformedMessage) -> BodyFraming {
        guard hosts == 1 || minorVersion == 0 else { throw .syntax }
        guard isChunked else { return length.map { $0 == 0 ? .none : .length($0) } ?? .none }
        // HTTP/1.0 knows no chunks: somebody in between did not understand what it passed on.
        guard length == nil, minorVersion > 0 else { throw .syntax }
        return .chunked
    }
}
