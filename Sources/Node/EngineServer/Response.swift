import EngineIO
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

    /// At least as many bytes as ``write(to:persistence:isHead:)`` appends.
    var size: Int {
        let copied = body.readableBytes <= WriteCost.largestCopy ? body.readableBytes : 0
        return 96 + status.reasonPhrase.utf8.count + fields.utf8.count + moreFields.utf8.count + copied
    }

    /// Appends the head, and the body if it is small.
    /// - Parameters:
    ///   - buffer: where to.
    ///   - persistence: the `connection` field, if one is needed.
    ///   - isHead: whether the request was a `HEAD`, whose response has the length of a body but none.
    /// - Returns: the body if it is better written on its own, because it is large.
    func write(to buffer: inout ByteBuffer, persistence: Persistence, isHead: Bool) -> ByteBuffer? {
        let sendsBody = status.mayHaveResponseBody && !isHead
        let copiesBody = body.readableBytes <= WriteCost.largestCopy
        buffer.writeWithOutputRawSpan(minimumWritableBytes: size) { output in
            writeStatus(to: &output)
            output.append(fields)
            if !moreFields.isEmpty { output.append(moreFields) }
            if status.mayHaveResponseBody {
                output.append("content-length: ")
                output.append(decimal: body.readableBytes)
                output.append("\r\n")
            }
            switch persistence {
            case .standard: output.append("\r\n")
            case .keepAlive: output.append("connection: keep-alive\r\n\r\n")
            case .close: output.append("connection: close\r\n\r\n")
            }
            if sendsBody, copiesBody { output.append(contentsOf: body.readableBytesSpan) }
        }
        return sendsBody && !copiesBody ? body : nil
    }

    private func writeStatus(to output: inout OutputRawSpan) {
        // Nearly every response is this one.
        if case .ok = status { return output.append("HTTP/1.1 200 OK\r\n") }
        output.append("HTTP/1.1 ")
        output.append(decimal: Int(clamping: status.code))
        output.append(" ")
        output.append(status.reasonPhrase)
        output.append("\r\n")
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

extension OutputRawSpan {
    fileprivate mutating func append(_ text: String) {
        // Cheaper than the text's span, which looks at what kind of text it is before it is one.
        let isDone: Void? = text.utf8.withContiguousStorageIfAvailable {
            append(contentsOf: UnsafeRawBufferPointer($0).bytes)
        }
        if isDone == nil { append(contentsOf: text.utf8Span.span.bytes) }
    }

    /// Appends a number that is not negative.
    fileprivate mutating func append(decimal number: Int) {
        // Division by a constant is a multiplication.
        if number >= 10 { append(decimal: number / 10) }
        append(UInt8(ascii: "0") + UInt8(number % 10))
    }
}

/// What it costs to put bytes into a connection's outbound buffer.
enum WriteCost {
    /// Up to this many bytes a copy is cheaper than a buffer of its own in the writing system call.
    static let largestCopy = 4096
}
