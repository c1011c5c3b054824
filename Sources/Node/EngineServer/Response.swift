import NIOCore
import NIOHTTP1

/// A response ready to be written, its header fields already as lines: what is sent most costs one copy.
struct Response: Sendable {
    var status: HTTPResponseStatus
    /// Complete lines `name: value\r\n`, without `content-length` and `connection`.
    var fields: String
    /// More of them.
    var moreFields: String
    var body: ByteBuffer
    /// Whether the connection is closed behind this response.
    var closes = false

    init(
        status: HTTPResponseStatus, fields: String = "", moreFields: String = "", body: ByteBuffer = ByteBuffer(),
        closes: Bool = false
    ) {
        self.status = status
        self.fields = fields
        self.moreFields = moreFields
        self.body = body
        self.closes = closes
    }

    /// A response that has its reason as its text.
    init(status: HTTPResponseStatus, closes: Bool = false) {
        self.init(
            status: status, fields: "content-type: text/plain; charset=UTF-8\r\n",
            body: ByteBuffer(string: status.reasonPhrase), closes: closes)
    }

    /// The response of a responder. Fields that would break the message into two, and those that the server itself
    /// writes, are left out.
    init(_ response: HTTPServerResponse) {
        self.init(status: response.status, fields: HeaderLines(response.headers).text, body: response.body)
    }

    /// About as many bytes as ``write(to:persistence:isHead:)`` appends.
    var size: Int {
        let copied = body.readableBytes <= WriteCost.largestCopy ? body.readableBytes : 0
        return 96 + fields.utf8.count + moreFields.utf8.count + copied
    }

    /// Appends the head, and the body if it is small.
    /// - Parameters:
    ///   - buffer: where to.
    ///   - persistence: the `connection` field, if one is needed.
    ///   - isHead: whether the request was a `HEAD`, whose response has the length of a body but none.
    /// - Returns: the body if it is better written on its own, because it is large.
    func write(to buffer: inout ByteBuffer, persistence: Persistence, isHead: Bool) -> ByteBuffer? {
        buffer.writeStaticString("HTTP/1.1 ")
        buffer.writeString(String(status.code))
        buffer.writeStaticString(" ")
        buffer.writeString(status.reasonPhrase)
        buffer.writeStaticString("\r\n")
        buffer.writeString(fields)
        buffer.writeString(moreFields)
        if status.mayHaveResponseBody {
            buffer.writeStaticString("content-length: ")
            buffer.writeString(String(body.readableBytes))
            buffer.writeStaticString("\r\n")
        }
        switch persistence {
        case .standard: break
        case .keepAlive: buffer.writeStaticString("connection: keep-alive\r\n")
        case .close: buffer.writeStaticString("connection: close\r\n")
        }
        buffer.writeStaticString("\r\n")
        guard status.mayHaveResponseBody, !isHead else { return nil }
        guard body.readableBytes <= WriteCost.largestCopy else { return body }
        buffer.writeImmutableBuffer(body)
        return nil
    }

    /// What a response says about its connection.
    enum Persistence {
        /// Nothing: HTTP/1.1 connections stay open.
        case standard
        /// The connection stays open although the client speaks HTTP/1.0.
        case keepAlive
        case close
    }
}

/// What it costs to put bytes into a connection's outbound buffer.
enum WriteCost {
    /// Up to this many bytes a copy is cheaper than a buffer of its own in the writing system call.
    static let largestCopy = 4096
}
