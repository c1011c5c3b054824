import HTTPCodec
import NIOCore

/// Requests of HTTP as clients that poll send them.
extension Benchmark {
    static let requests: [Benchmark] = [
        decodingRequest("poll", body: nil),
        decodingRequest("post", body: #"42["message","what 32 bytes of text look like"]"#),
    ]

    /// A request as one read brings it, with the fields of a browser.
    private static func decodingRequest(_ name: String, body: String?) -> Benchmark {
        Benchmark("request.decode.\(name)") {
            var request = """
                \(body == nil ? "GET" : "POST") /socket.io/?EIO=4&transport=polling&t=PJnkqVi&sid=Ab3_x-0aaaaaaaaaaaaaaaa \
                HTTP/1.1\r\nHost: chat.example.org\r\nConnection: keep-alive\r\nAccept: */*\r\n\
                User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0\r\n\
                Origin: https://chat.example.org\r\nReferer: https://chat.example.org/\r\n\
                Accept-Encoding: gzip, deflate, br\r\nAccept-Language: en-GB,en;q=0.9\r\n
                """
            if let body {
                request += "Content-Type: text/plain;charset=UTF-8\r\nContent-Length: \(body.utf8.count)\r\n"
            }
            let limits = HeadLimits(lineBytes: 8192, fieldBytes: 16_384, fieldCount: 100)
            let read = ByteBufferAllocator().buffer(capacity: 2048)
            return (RequestDecoder(limits: limits), read, ByteBuffer(string: request + "\r\n" + (body ?? "")))
        } operation: { (connection: inout (decoder: RequestDecoder, read: ByteBuffer, sent: ByteBuffer)) in
            connection.read.clear()
            connection.read.writeImmutableBuffer(connection.sent)
            while let event = try? connection.decoder.next(from: &connection.read) { keep(event) }
        }
    }
}
