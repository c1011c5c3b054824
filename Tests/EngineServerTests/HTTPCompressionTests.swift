import Deflate
import NIOCore
import Testing

@testable import EngineServer

@Suite("Compression of polls")
struct HTTPCompressionTests {
    static let long = "4" + String(repeating: "again and ", count: 500)

    /// Has a message echoed, and polls for it.
    func poll(
        _ text: String = long, accept: String?, configure: (inout EngineConfiguration) -> Void = { _ in },
        _ check: @Sendable (RawResponse) throws -> Void
    ) async throws {
        try await TestServer.run(configure: configure) { server in
            let client = try await server.connect()
            let target = "\(TestServer.polling)&sid=\(try await server.openPolling(client))"
            #expect(try await client.exchange("POST", target, body: text).body == "ok")
            try check(
                try await client.exchange("GET", target, headers: accept.map { ["Accept-Encoding": $0] } ?? [:]))
        }
    }

    /// What is between the header and the checksum of a format.
    static func inflate(_ response: RawResponse, header: Int, checksum: Int) throws -> String {
        let length = response.bytes.readableBytes - header - checksum
        let content = try #require(response.bytes.getSlice(at: response.bytes.readerIndex + header, length: length))
        return String(buffer: try #require(Inflater(windowBits: 15)).inflate(message: content, limit: 1 << 20))
    }

    @Test("compresses with the coding that the client accepts")
    func codings() async throws {
        try await poll(accept: "gzip, deflate, br") { response in
            #expect(response.headers["content-encoding"] == "gzip")
            #expect(response.headers["vary"] == "accept-encoding")
            #expect(response.bytes.readableBytes < 100)
            let content = try Self.inflate(response, header: 10, checksum: 8)
            #expect(content == Self.long)
        }
        try await poll(accept: "gzip;q=0, deflate;q=0.5") { response in
            #expect(response.headers["content-encoding"] == "deflate")
            let content = try Self.inflate(response, header: 2, checksum: 4)
            #expect(content == Self.long)
        }
    }

    @Test("sends it as it is to clients that accept no compression, and says that this depends on them")
    func identity() async throws {
        for accept in [nil, "br", "gzip;q=0"] {
            try await poll(accept: accept) { response in
                #expect(response.body == Self.long)
                #expect(response.headers["content-encoding"] == nil)
                #expect(response.headers["vary"] == "accept-encoding")
            }
        }
    }

    @Test("leaves short answers as they are, and all of them where it is off")
    func threshold() async throws {
        try await poll("4short", accept: "gzip") { response in
            #expect(response.body == "4short")
            #expect(response.headers["vary"] == nil)
        }
        try await poll("4short", accept: "gzip", configure: { $0.httpCompression?.threshold = 6 }) { response in
            #expect(response.headers["content-encoding"] == "gzip")
        }
        try await poll(accept: "gzip", configure: { $0.httpCompression = nil }) { response in
            #expect(response.body == Self.long)
            #expect(response.headers["vary"] == nil)
        }
    }

    @Test(
        "reads Accept-Encoding",
        arguments: [
            ([], nil), ([""], nil), (["gzip"], .gzip), (["GZIP"], .gzip), (["x-gzip"], .gzip), (["deflate"], .deflate),
            (["deflate, gzip"], .gzip), (["deflate", "gzip"], .gzip), (["gzip;q=0.5, deflate"], .deflate),
            (["gzip ; q=0.8 , deflate ; q=0.9"], .deflate), (["*"], .gzip), (["gzip;q=0, *"], .deflate),
            (["*;q=0"], nil), (["*;q=0, deflate"], .deflate), (["identity"], nil), (["identity, gzip;q=0.5"], nil),
            (["identity;q=0.5, gzip;q=0.5"], .gzip), (["identity;q=0, *;q=0"], nil), (["gzip;q=x"], nil),
            (["gzip;q=2"], nil), (["gzip;q=nan"], nil), (["gzip, gzip;q=0"], nil), ([",,;;=,gzip;;"], .gzip),
        ] as [([String], ContentCoding?)])
    func acceptEncoding(fields: [String], expected: ContentCoding?) {
        #expect(ContentCoding(acceptedBy: fields) == expected)
    }
}
