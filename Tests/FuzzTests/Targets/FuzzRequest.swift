import HTTPCodec
import NIOCore
import NIOEmbedded
import NIOHTTP1

/// Reads a stream of requests: as a whole, byte by byte, and by the parser of NIOHTTP1 (llhttp). All see the same
/// requests, or one refuses what another reads: two that read one stream as different requests are what request smuggling
/// is made of.
func fuzzRequest(_ input: ByteBuffer) throws {
    let whole = RequestStream(input, pieces: input.readableBytes)
    let divided = RequestStream(input, pieces: 1)
    try check(whole == divided, "a stream is read alike, however it is divided: \(whole) \(divided)")
    try compare(whole, ReferenceStream.read(input))
}

/// Reads what a client sends as a body in chunks.
func fuzzChunkedBody(_ input: ByteBuffer) throws {
    var stream = ByteBuffer(string: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
    stream.writeImmutableBuffer(input)
    try fuzzRequest(stream)
}

private func compare(_ ours: RequestStream, _ reference: ReferenceStream) throws {
    for (request, other) in zip(ours.requests, reference.requests) {
        try check(request == other, "two parsers read the same requests: \(request) \(other)")
    }
    // Who has read less has refused the rest, and waits for nothing.
    if ours.requests.count > reference.requests.count {
        try check(reference.hasFailed || reference.hasStopped, "llhttp reads on, or refuses: \(ours) \(reference)")
    } else if ours.requests.count < reference.requests.count {
        try check(ours.error != nil || ours.hasStopped, "we read on, or refuse: \(ours) \(reference)")
    }
}

/// A complete request.
private struct WholeRequest: Equatable {
    var line: String
    var fields: [String] = []
    var body = ByteBuffer()
}

/// What our decoder makes of a stream.
private struct RequestStream: Equatable {
    var requests: [WholeRequest] = []
    var error: MalformedMessage?
    var hasStopped = false

    /// - Parameters:
    ///   - input: the stream.
    ///   - pieces: how many bytes arrive at a time.
    init(_ input: ByteBuffer, pieces: Int) {
        var decoder = RequestDecoder(limits: HeadLimits(lineBytes: 400, fieldBytes: 400, fieldCount: 10))
        var (rest, received) = (input, ByteBuffer())
        var current = WholeRequest(line: "")
        do throws(MalformedMessage) {
            while let piece = rest.readSlice(length: min(pieces, rest.readableBytes)), piece.readableBytes > 0 {
                received.writeImmutableBuffer(piece)
                while let event = try decoder.next(from: &received) {
                    switch event {
                    case .head(let head): current = WholeRequest(head)
                    case .body(let bytes): current.body.writeImmutableBuffer(bytes)
                    case .end: requests.append(current)
                    }
                }
            }
        } catch {
            self.error = error
        }
        hasStopped = decoder.hasStopped
    }
}

extension WholeRequest {
    init(_ head: RequestHead) {
        line = "\(head.methodText) \(head.target) 1.\(head.minorVersion)"
        fields = head.fields.strings.map { "\($0.name):\($0.value)" }
    }

    init(_ head: HTTPRequestHead) {
        line = "\(head.method.rawValue) \(head.uri) \(head.version.major).\(head.version.minor)"
        fields = head.headers.map { name, value in
            var value = value[...]
            while let last = value.utf8.last, last == 0x20 || last == 0x09 { value = Substring(value.utf8.dropLast()) }
            return "\(name):\(value)"
        }
    }
}

/// What NIOHTTP1 makes of a stream.
private struct ReferenceStream {
    var requests: [WholeRequest] = []
    var hasFailed = false
    /// Whether it takes what follows for another protocol.
    var hasStopped = false

    static func read(_ input: ByteBuffer) throws -> ReferenceStream {
        let decoder = ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes))
        let channel = EmbeddedChannel(handler: decoder)
        var stream = ReferenceStream()
        do {
            try channel.writeInbound(input)
        } catch {
            stream.hasFailed = true
        }
        var current: WholeRequest?
        while let part = try channel.readInbound(as: HTTPServerRequestPart.self) {
            switch part {
            case .head(let head):
                current = WholeRequest(head)
                let isUpgrade =
                    head.headers.contains(name: "upgrade")
                    && head.headers[canonicalForm: "connection"].contains { $0.lowercased() == "upgrade" }
                stream.hasStopped = stream.hasStopped || isUpgrade || head.method == .CONNECT
            case .body(let bytes): current?.body.writeImmutableBuffer(bytes)
            case .end: if let request = current { stream.requests.append(request) }
            }
        }
        _ = try? channel.finish(acceptAlreadyClosed: true)
        return stream
    }
}
