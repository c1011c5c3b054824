package import NIOCore

/// The methods that mean something to us.
package enum RequestMethod: Sendable {
    case get
    case head
    case post
    case options
    case connect
    /// Any other.
    case other
}

/// How the end of a message's body is found (RFC 9112, section 6.3).
package enum BodyFraming: Sendable, Equatable {
    /// There is no body.
    case none
    /// It has so many bytes.
    case length(Int)
    /// It comes in chunks.
    case chunked
}

/// The head of a request that can be read in one way only. An object, since it goes through many hands: a copy of all of it
/// for each of them would cost more than half as much as reading it.
package final class RequestHead: Sendable {
    /// The header fields.
    package var fields: HeaderFields { HeaderFields(of: self) }
    /// Where the body ends.
    package let framing: BodyFraming
    /// All of it, and where its fields stand in it.
    let bytes: ByteBuffer
    let places: FieldList
    let line: RequestLine
    let traits: RequestTraits

    /// Puts a head together.
    /// - Parameters:
    ///   - line: its first line.
    ///   - reader: what has read its fields.
    ///   - bytes: all of it.
    /// - Throws: ``MalformedMessage`` if it could be read in two ways.
    init(_ line: RequestLine, _ reader: consuming FieldReader, _ bytes: consuming ByteBuffer) throws(MalformedMessage) {
        let (fields, bytes) = ((consume reader).fields, bytes)
        (traits, framing) = try bytes.withUnsafeReadableBytes { bytes throws(MalformedMessage) in
            let facts = try RequestFields(fields, bytes)
            return (facts.traits, try facts.framing(minorVersion: Int(line.minorVersion)))
        }
        self.bytes = bytes
        places = fields
        self.line = line
    }

    /// The method.
    package var method: RequestMethod { line.name }

    /// 0 of an HTTP/1.0 client; all others count as 1.
    package var minorVersion: Int { Int(line.minorVersion) }

    /// Whether a field came. Asked of the head itself, since every request is asked.
    /// - Parameter name: its name in lower case.
    /// - Returns: `true` if it did.
    package func hasField(_ name: StaticString) -> Bool {
        bytes.withUnsafeReadableBytes { places.first(name, in: $0) != nil }
    }

    /// The method as it came.
    package var methodText: String {
        switch method {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .options: "OPTIONS"
        case .connect: "CONNECT"
        case .other: text(line.method)
        }
    }

    /// The request target as it came: a path with a query, a whole address, an authority or `*` (RFC 9112, section 3.2).
    package var target: String { text(line.target) }

    /// The path of the target with its query: what is left of a whole address without scheme and authority.
    package var pathAndQuery: String { text(line.path.lowerBound..<line.target.upperBound) }

    /// The bytes of the query, without the question mark; `nil` if there is none.
    package var query: ByteBuffer? {
        line.query.flatMap { bytes.getSlice(at: bytes.readerIndex + $0.lowerBound, length: $0.count) }
    }

    /// Calls a function with the bytes of the query, without the question mark; with none if there is no query.
    /// - Parameter body: the function.
    package func withQuery(_ body: (UnsafeRawBufferPointer) -> Void) {
        let query = line.query ?? 0..<0
        bytes.withUnsafeReadableBytes { body(UnsafeRawBufferPointer(rebasing: $0[query])) }
    }

    /// Whether the target's path is a directory.
    /// - Parameter directory: the path of the directory, with its final slash.
    /// - Returns: `true` if it is, with or without that slash.
    package func hasPath(_ directory: [UInt8]) -> Bool {
        let path = line.path
        guard directory.count - path.count == 0 || directory.count - path.count == 1 else { return false }
        return bytes.withUnsafeReadableBytes { bytes in
            directory.withUnsafeBytes { bytes.holds(UnsafeRawBufferPointer(rebasing: $0[..<path.count]), in: path) }
        }
    }

    /// The host, and port if one is named, that the client asked for: of a whole address the authority, else the `Host`
    /// field.
    package var host: String? {
        line.authority.map(text) ?? fields.first("host")
    }

    /// Whether the client lets the connection go on behind the response (RFC 9112, section 9.3).
    package var isKeepAlive: Bool {
        minorVersion == 0 ? traits.contains(.keepAlive) && !traits.contains(.close) : !traits.contains(.close)
    }

    /// Whether the client waits for our consent before it sends the body (RFC 9110, section 10.1.1).
    package var awaitsContinue: Bool { minorVersion > 0 && traits.contains(.expectsContinue) }

    /// Whether the client names protocols that it would go on with.
    package var namesProtocols: Bool { traits.contains(.upgrade) }

    /// Whether the client wants to go on with another protocol, so that nothing behind the request can be read as HTTP.
    package var wantsUpgrade: Bool {
        method == .connect || minorVersion > 0 && traits.isSuperset(of: [.upgrade, .connectionUpgrade])
    }

    private func text(_ range: Range<Int>) -> String {
        bytes.withUnsafeReadableBytes { $0.text(in: range) }
    }
}

/// What the fields of a request say about the connection and its body.
struct RequestTraits: OptionSet, Sendable {
    let rawValue: UInt8

    static let close = RequestTraits(rawValue: 1)
    static let keepAlive = RequestTraits(rawValue: 2)
    static let connectionUpgrade = RequestTraits(rawValue: 4)
    static let upgrade = RequestTraits(rawValue: 8)
    static let expectsContinue = RequestTraits(rawValue: 16)
}
