/// The first line of a request. Source: RFC 9112, sections 3 and 3.2.
struct RequestLine: Sendable {
    let method: Range<Int>
    let target: Range<Int>
    /// Empty if the target is an authority.
    let path: Range<Int>
    let query: Range<Int>?
    /// Of a target that is a whole address.
    let authority: Range<Int>?
    let minorVersion: Int
    let name: RequestMethod

    /// Reads a line.
    /// - Parameter line: where it begins; behind the line afterwards.
    /// - Returns: `nil` if more bytes are needed.
    /// - Throws: ``MalformedMessage``.
    static func read(_ line: inout LineScanner) throws(MalformedMessage) -> RequestLine? {
        let methodStart = line.position
        line.skipToken()
        let method = methodStart..<line.position
        guard try skipBlank(&line, behind: method) else { return nil }
        let targetStart = line.position
        line.skipTarget()
        let target = targetStart..<line.position
        guard try skipBlank(&line, behind: target), let version = try readVersion(&line), try line.skipLineEnd() else {
            return nil
        }
        return try RequestLine(line.bytes, method, target, minorVersion: version)
    }

    private static func skipBlank(
        _ line: inout LineScanner, behind word: Range<Int>
    ) throws(MalformedMessage) -> Bool {
        guard line.next != nil else {
            try line.endsEarly()
            return false
        }
        guard !word.isEmpty, line.skip(0x20) else { throw .syntax }
        return true
    }

    /// Reads the version: `HTTP/1.` and a digit, of which all but 0 mean what 1 means.
    private static func readVersion(_ line: inout LineScanner) throws(MalformedMessage) -> Int? {
        for expected in "HTTP/1.".utf8 where !line.skip(expected) {
            guard line.next == nil else { throw .syntax }
            try line.endsEarly()
            return nil
        }
        guard let digit = line.next else {
            try line.endsEarly()
            return nil
        }
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { throw .syntax }
        line.position += 1
        return digit == UInt8(ascii: "0") ? 0 : 1
    }

    private init(
        _ bytes: UnsafeRawBufferPointer, _ method: Range<Int>, _ target: Range<Int>, minorVersion: Int
    ) throws(MalformedMessage) {
        self.method = method
        self.target = target
        self.minorVersion = minorVersion
        name = Self.name(of: bytes[method])
        switch (bytes[target.lowerBound], name) {
        case (UInt8(ascii: "/"), _) where name != .connect:
            authority = nil
            (path, query) = Self.split(bytes, target)
        case (UInt8(ascii: "*"), .options) where target.count == 1:
            (path, query, authority) = (target, nil, nil)
        case (_, .connect):
            (path, query, authority) = (target.upperBound..<target.upperBound, nil, target)
        default:
            guard let authority = Self.authority(bytes, target) else { throw .syntax }
            self.authority = authority
            (path, query) = Self.split(bytes, authority.upperBound..<target.upperBound)
        }
    }

    private static func name(of method: Slice<UnsafeRawBufferPointer>) -> RequestMethod {
        for known in [RequestMethod.get, .post, .options, .head, .connect] {
            if method.elementsEqual(known.rawValue.utf8) { return known }
        }
        return .other
    }

    private static func split(
        _ bytes: UnsafeRawBufferPointer, _ target: Range<Int>
    ) -> (path: Range<Int>, query: Range<Int>?) {
        guard let mark = bytes[target].firstIndex(of: UInt8(ascii: "?")) else { return (target, nil) }
        return (target.lowerBound..<mark, mark + 1..<target.upperBound)
    }

    /// The authority of a whole address: what stands between `scheme://` and the path or the query.
    private static func authority(_ bytes: UnsafeRawBufferPointer, _ target: Range<Int>) -> Range<Int>? {
        let isLetter = { (byte: UInt8) in (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }
        let scheme = bytes[target].prefix { isLetter($0) }
        let rest = bytes[scheme.endIndex..<target.upperBound]
        guard !scheme.isEmpty, rest.starts(with: "://".utf8) else { return nil }
        let authority = rest.dropFirst(3).prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
        return authority.isEmpty ? nil : authority.startIndex..<authority.endIndex
    }
}
