import NIOCore
import TestSupport
import Testing

@testable import HTTPCodec

/// What comes out of a decoder, in words; pieces of a body are joined.
struct Reading: Equatable, CustomStringConvertible {
    var events: [String] = []
    var error: MalformedMessage?
    var left = ""

    var description: String { "\(events) \(error.map { "\($0)" } ?? "") \(left)" }

    /// Reads a stream that arrives in pieces.
    init(_ pieces: [String], limits: HeadLimits = .test) {
        var decoder = RequestDecoder(limits: limits)
        var input = ByteBuffer()
        do throws(MalformedMessage) {
            for piece in pieces {
                input.writeString(piece)
                while let event = try decoder.next(from: &input) { add(event) }
            }
        } catch {
            self.error = error
        }
        left = error == nil ? String(buffer: input) : ""
    }

    private mutating func add(_ event: RequestEvent) {
        switch event {
        case .head(let head): events.append("\(head.methodText) \(head.target)")
        case .body(let bytes) where events.last?.hasPrefix("body ") == true:
            events.append(events.removeLast() + String(buffer: bytes))
        case .body(let bytes): events.append("body \(String(buffer: bytes))")
        case .end: events.append("end")
        }
    }
}

extension HeadLimits {
    static let test = HeadLimits(
        lineBytes: MalformedRequest.headBytes, fieldBytes: MalformedRequest.headBytes,
        fieldCount: MalformedRequest.headerFields)
}

/// The head of a request.
func head(_ text: String) throws -> RequestHead {
    var decoder = RequestDecoder(limits: .test)
    var input = ByteBuffer(string: text)
    guard case .head(let head) = try decoder.next(from: &input) else { throw MalformedMessage.syntax }
    return head
}

@Suite("Requests are read")
struct RequestDecoderTests {
    @Test("one behind the other, with and without bodies")
    func stream() {
        let text = """
            GET /a?b HTTP/1.1\r\nHost: x\r\n\r\nPOST /c HTTP/1.1\r\nHost:x\r\nContent-Length: 3\r\n\r\nabc\
            \r\nPUT /d HTTP/1.1\r\nhOST: \t x \t\r\ntransfer-encoding: CHUNKED\r\n\r\n3\r\nabc\r\n0A;x=\"y\r\n0123456789\r\n\
            00\r\nT: 1\r\n\r\nGET /e HTTP/1.0\r\n\r\n\r\n\r
            """
        let expected = [
            "GET /a?b", "end", "POST /c", "body abc", "end", "PUT /d", "body abc0123456789", "end", "GET /e", "end",
        ]
        let whole = Reading([text])
        #expect(whole.error == nil)
        #expect(whole.events == expected)
        #expect(whole.left == "\r")
    }

    @Test(
        "as the same, wherever the stream is divided",
        arguments: [
            "\r\nPOST /c HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc\r\nGET /d HTTP/1.1\r\nHost: x\r\n\r\n",
            "PUT /d HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\nT: 1\r\n\r\nGET /",
            "GET /w HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\r\n\u{1}\u{2}rest",
        ])
    func divided(text: String) {
        let whole = Reading([text])
        #expect(whole.error == nil)
        for index in text.utf8.indices {
            let halves = [String(text.utf8[..<index]) ?? "", String(text.utf8[index...]) ?? ""]
            #expect(Reading(halves) == whole, "at \(halves)")
        }
        #expect(Reading(text.unicodeScalars.map { String($0) }) == whole)
    }

    @Test("or refused, as a whole and byte by byte", arguments: MalformedRequest.all)
    func malformed(request: MalformedRequest) {
        let error: MalformedMessage = request.status == 431 ? .tooLarge : .syntax
        let whole = Reading([request.text])
        #expect(whole.error == error)
        #expect(Reading(request.text.unicodeScalars.map { String($0) }) == whole)
    }

    @Test("up to the limits, and not over them")
    func limits() {
        let limits = HeadLimits(lineBytes: 16, fieldBytes: 20, fieldCount: 2)
        let fits = "GET /34 HTTP/1.1\r\nHost: 78\r\nX:345678\r\n\r\n"
        #expect(Reading([fits], limits: limits).events == ["GET /34", "end"])
        for larger in [
            "GET /345 HTTP/1.1\r\nHost: 78\r\n\r\n", "GET /34 HTTP/1.1\r\nHost: 78\r\nX:3456789\r\n\r\n",
            "GET /34 HTTP/1.1\r\nHost:7\r\nA:\r\nB:\r\n\r\n",
        ] {
            #expect(Reading([larger], limits: limits).error == .tooLarge)
        }
    }

    @Test("until one wants another protocol: what follows is left alone")
    func upgrade() {
        let upgrade = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\nContent-Length: 1\r\n\r\nbGET"
        let reading = Reading([upgrade])
        #expect(reading.events == ["GET /", "body b", "end"])
        #expect(reading.left == "GET")
        #expect(Reading(["CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\nGET"]).left == "GET")
        // HTTP/1.0 has no upgrade, and both fields are needed.
        for other in [
            "GET / HTTP/1.0\r\nConnection: keep-alive, upgrade\r\nUpgrade: x\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: x\r\n\r\n",
        ] {
            #expect(Reading([other, "GET / HTTP/1.0\r\n\r\n"]).events.count == 4)
        }
    }
}
