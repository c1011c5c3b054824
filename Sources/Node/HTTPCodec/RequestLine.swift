/// The first line of a request. Source: RFC 9112, sections 3 and 3.2.
struct RequestLine: Sendable {
    /// Where a part of the line begins and ends. Lines are far shorter than 4 GiB.
    private struct Part: Sendable {
        private let start: UInt32
        private let end: UInt32

        init(_ range: Range<Int>) {
            start = UInt32(truncatingIfNeeded: range.lowerBound)
            end = UInt32(truncatingIfNeeded: range.upperBound)
        }

        var range: Range<Int> { Int(start)..<Int(end) }
    }

    private let methodPart: Part
    private let targetPart: Part
    private let pathPart: Part
    private let authorityPart: Part?
    let minorVersion: Int8
    let name: RequestMethod

    var method: Range<Int> { methodPart.range }
    var target: Range<Int> { targetPart.range }
    /// Empty if the target is an authority.
    var path: Range<Int> { pathPart.range }
    /// Of a target that is a whole address, or nothing else.
    var authority: Range<Int>? { authorityPart?.range }
    /// What stands behind the question mark.
    var query: Range<Int>? { path.upperBound < target.upperBound ? path.upperBound + 1..<target.upperBound : nil }

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
    private static func readVersion(_ line: inout LineScanner) throws(MalformedMessage) -> Int8? {
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
        _ bytes: UnsafeRawBufferPointer, _ method: Range<Int>, _ target: Range<Int>, minorVersion: Int8
    ) throws(MalformedMessage) {
        let name = Self.name(in: bytes, method)
        let path: Range<Int>
        var authority: Range<Int>?
        switch (bytes[target.lowerBound], name) {
        case (UInt8(ascii: "/"), _) where name != .connect:
            path = Self.path(bytes, target)
        case (UInt8(ascii: "*"), .options) where target.count == 1:
            path = target
        case (_, .connect):
            (path, authority) = (target.upperBound..<target.upperBound, target)
        default:
            guard let host = Self.authority(bytes, target) else { throw .syntax }
            (path, authority) = (Self.path(bytes, host.upperBound..<target.upperBound), host)
        }
        (self.name, self.minorVersion) = (name, minorVersion)
        (methodPart, targetPart, pathPart) = (Part(method), Part(target), Part(path))
        authorityPart = authority.map { Part($0) }
    }

    private static func name(in bytes: UnsafeRawBufferPointer, _ method: Range<Int>) -> RequestMethod {
        switch method.count {
        case 3 where bytes.holds("GET", in: method): .get
        case 4 where bytes.holds("POST", in: method): .post
        case 4 where bytes.holds("HEAD", in: method): .head
        case 7 where bytes.holds("OPTIONS", in: method): .options
        case 7 where bytes.holds("CONNECT", in: method): .connect
        default: .other
        }
    }

    /// What stands in front of the question mark.
    private static func path(_ bytes: UnsafeRawBufferPointer, _ target: Range<Int>) -> Range<Int> {
        var end = target.lowerBound
        while end < target.upperBound, bytes[end] != UInt8(ascii: "?") { end += 1 }
        return target.lowerBound..<end
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
