import NIOCore

/// What a server wrote on one connection: HTTP/1.1 responses (RFC 9112), and frames behind a 101.
enum ServerOutput {
    /// Reads all of it, as a strict client does.
    /// - Parameters:
    ///   - bytes: everything that came, from the first byte to the last.
    ///   - mayAnswerHead: whether responses may be without their bodies.
    /// - Throws: ``BrokenProperty`` if it is anything else.
    static func read(_ bytes: ByteBuffer, mayAnswerHead: Bool) throws {
        var rest = bytes
        var isLast = false
        while rest.readableBytes > 0 {
            try check(!isLast, "nothing follows a response that closes")
            let head = try ResponseHead(&rest)
            if head.status == 101 {
                _ = try ServerFrames(rest, isDeflating: head.isDeflating)
                return
            }
            isLast = head.closes
            if head.isChunked, !(mayAnswerHead && (rest.readableBytes == 0 || rest.startsResponse)) {
                while try readChunk(&rest) > 0 {}
                continue
            }
            // Without a length, what is left is the body: it ends with the connection (RFC 9112 section 6.3).
            guard head.hasLength || !(head.closes && head.isHTTP10) else { return }
            guard head.length > 0, !(mayAnswerHead && (rest.readableBytes == 0 || rest.startsResponse)) else {
                continue
            }
            try check(rest.readSlice(length: head.length) != nil, "a body is complete")
        }
    }

    /// Takes a chunk off, without trailers behind the last.
    private static func readChunk(_ bytes: inout ByteBuffer) throws -> Int {
        guard let size = Int(try ResponseHead.line(&bytes), radix: 16), bytes.readSlice(length: size) != nil else {
            throw BrokenProperty(description: "a chunk is complete")
        }
        try check(try ResponseHead.line(&bytes).isEmpty, "a chunk ends with a line")
        return size
    }
}

/// Status line and header fields of a response.
private struct ResponseHead {
    let status: Int
    private(set) var length = 0
    private(set) var hasLength = false
    let isHTTP10: Bool
    private(set) var closes = false
    private(set) var isDeflating = false
    private(set) var isChunked = false

    init(_ bytes: inout ByteBuffer) throws {
        let line = try Self.line(&bytes)
        let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        try check(
            words.count == 3 && (words[0] == "HTTP/1.1" || words[0] == "HTTP/1.0"),
            "a response begins with a status line")
        guard words.count > 1, let status = Int(words[1]), (100...599).contains(status) else {
            throw BrokenProperty(description: "a status is a number")
        }
        self.status = status
        isHTTP10 = words[0] == "HTTP/1.0"
        while case let field = try Self.line(&bytes), !field.isEmpty { try read(field) }
    }

    private mutating func read(_ field: String) throws {
        let parts = field.split(separator: ":", maxSplits: 1)
        try check(parts.count == 2 && parts[0].utf8.allSatisfy(Self.isToken), "a field has a name")
        guard let name = parts.first?.lowercased(), let value = parts.last?.drop(while: { $0 == " " }) else { return }
        if name == "content-length" {
            guard let length = Int(value), length >= 0 else {
                throw BrokenProperty(description: "a length is a number")
            }
            self.length = length
            hasLength = true
        }
        if name == "transfer-encoding", value == "chunked" { isChunked = true }
        if name == "connection", value == "close" { closes = true }
        if name == "sec-websocket-extensions", value.hasPrefix("permessage-deflate") { isDeflating = true }
    }

    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// A line without control characters, taken off together with its CRLF.
    static func line(_ bytes: inout ByteBuffer) throws -> String {
        guard let end = bytes.readableBytesView.firstIndex(of: 0x0D),
            let line = bytes.readString(length: end - bytes.readerIndex),
            bytes.readInteger(as: UInt16.self) == 0x0D0A
        else { throw BrokenProperty(description: "a head is lines") }
        try check(line.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "a head has no control characters")
        return line
    }
}

extension ByteBuffer {
    fileprivate var startsResponse: Bool { readableBytesView.starts(with: "HTTP/1.".utf8) }
}
