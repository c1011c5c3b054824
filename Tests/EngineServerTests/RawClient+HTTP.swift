import NIOCore
import Testing

/// A response as it came.
struct RawResponse: Sendable {
    var status: Int
    /// Names in lower case.
    var headers: [String: String]
    var body: String
    /// The body as it came.
    var bytes: ByteBuffer
}

extension RawClient {
    /// Sends a request.
    func request(_ method: String, _ target: String, headers: [String: String] = [:], body: String? = nil) {
        var text = "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        if let body { text += "Content-Length: \(body.utf8.count)\r\n\r\n\(body)" } else { text += "\r\n" }
        send(text)
    }

    /// Waits for a response; one to a `HEAD` request has no body.
    func response(hasBody: Bool = true) async throws -> RawResponse {
        try await receive { bytes in
            let text = String(buffer: bytes)
            guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
            var lines = text[..<end.lowerBound].split(separator: "\r\n")
            let status = lines.removeFirst().split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
            var headers: [String: String] = [:]
            for line in lines {
                guard let colon = line.firstIndex(of: ":") else { continue }
                headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].drop { $0 == " " }.description
            }
            let length = hasBody ? headers["content-length"].flatMap { Int($0) } ?? 0 : 0
            let headLength = text[..<end.upperBound].utf8.count
            guard bytes.readableBytes >= headLength + length else { return nil }
            bytes.moveReaderIndex(forwardBy: headLength)
            let content = bytes.readSlice(length: length) ?? ByteBuffer()
            return RawResponse(status: status, headers: headers, body: String(buffer: content), bytes: content)
        }
    }

    /// Sends a poll and waits until the server has it: the consent that it asks for leaves behind its arrival.
    func beginPoll(_ target: String) async throws {
        let consent = try await exchange("GET", target, headers: ["Expect": "100-continue"])
        #expect(consent.status == 100)
    }

    /// Sends a request and waits for its response.
    func exchange(
        _ method: String, _ target: String, headers: [String: String] = [:], body: String? = nil
    ) async throws -> RawResponse {
        request(method, target, headers: headers, body: body)
        return try await response(hasBody: method != "HEAD")
    }
}
