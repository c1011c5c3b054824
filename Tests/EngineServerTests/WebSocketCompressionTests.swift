import Deflate
import EngineIO
import EngineServer
import NIOCore
import Testing

@Suite("permessage-deflate over sockets")
struct WebSocketCompressionTests {
    static let offer = ["Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"]
    static let long = String(repeating: "again and ", count: 500)

    /// The client's side of the compression.
    final class Codec {
        let deflater = Deflater(.raw(windowBits: 15), level: 6)
        let inflater: Inflater?

        init(windowBits: Int = 15) {
            inflater = Inflater(windowBits: windowBits)
        }

        func deflate(_ bytes: ByteBuffer, keepsContext: Bool = false) -> [UInt8] {
            var output = ByteBuffer()
            deflater?.deflate(message: bytes, to: &output)
            if !keepsContext { deflater?.reset() }
            return Array(buffer: output)
        }

        func inflate(_ frame: RawFrame, keepsContext: Bool = false) throws -> String {
            guard case .deflated(let bytes, _) = frame else { return "not compressed: \(frame)" }
            let message = try inflater?.inflate(message: ByteBuffer(bytes: bytes), limit: 1 << 20)
            if !keepsContext { inflater?.reset() }
            return String(buffer: message ?? ByteBuffer())
        }
    }

    /// Runs a test with a WebSocket session on which compression was agreed on.
    func withSession(
        offer: String = "permessage-deflate; client_max_window_bits", response: String,
        configure: @Sendable (inout PerMessageDeflate) -> Void = { _ in },
        _ test: @Sendable (RawClient) async throws -> Void
    ) async throws {
        var settings = PerMessageDeflate()
        configure(&settings)
        try await TestServer.run(configure: { [settings] in $0.perMessageDeflate = settings }) { server in
            let client = try await server.connect()
            let head = try await client.upgrade(
                TestServer.webSocket, headers: ["Sec-WebSocket-Extensions": offer])
            #expect(head.status == 101)
            #expect(head.headers["sec-websocket-extensions"] == response)
            // The open packet is short.
            guard case .text = try await client.frame() else { throw RawClient.Closed() }
            try await test(client)
        }
    }

    static let noContext = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"

    @Test("compresses long messages, sends short ones as they are, and reads both")
    func echo() async throws {
        try await withSession(response: Self.noContext) { client in
            let codec = Codec()
            for _ in 0..<2 {
                client.sendFrame("4" + Self.long)
                let frame = try await client.frame()
                guard case .deflated(let bytes, isText: true) = frame else { throw RawClient.Closed() }
                #expect(bytes.count < 100)
                #expect(try codec.inflate(frame) == "4" + Self.long)

                client.sendFrame(0x41, codec.deflate(ByteBuffer(string: "4short")))
                #expect(try await client.frame() == .text("4short"))

                client.sendFrame(0x42, codec.deflate(ByteBuffer(string: Self.long)))
                let answer = try await client.frame()
                guard case .deflated(_, isText: false) = answer else { throw RawClient.Closed() }
                #expect(try codec.inflate(answer) == Self.long)
            }
        }
    }

    @Test("joins compressed fragments around control frames, which stay as they are")
    func fragments() async throws {
        try await withSession(response: Self.noContext) { client in
            let bytes = Codec().deflate(ByteBuffer(string: "4in three parts"))
            client.sendFrame(0x41, Array(bytes[..<3]), isFinal: false)
            client.sendFrame(0x9, Array("ping".utf8))
            client.sendFrame(0x0, [], isFinal: false)
            client.sendFrame(0x0, Array(bytes[3...]))
            let frames = [try await client.frame(), try await client.frame()]
            #expect(frames == [.pong("ping"), .text("4in three parts")])
        }
    }

    @Test("keeps the context in both directions where that was agreed on")
    func contextTakeover() async throws {
        try await withSession(response: "permessage-deflate") { settings in
            settings.serverContextTakeover = true
            settings.clientContextTakeover = true
            settings.threshold = 200
        } _: { client in
            let codec = Codec()
            let text = "4" + (0..<100).map { String($0 * $0) }.joined()
            var sizes: [Int] = []
            for _ in 0..<3 {
                client.sendFrame(0x41, codec.deflate(ByteBuffer(string: text), keepsContext: true))
                let frame = try await client.frame()
                if case .deflated(let bytes, _) = frame { sizes.append(bytes.count) }
                #expect(try codec.inflate(frame, keepsContext: true) == text)
            }
            #expect(sizes.count == 3)
            #expect(sizes.dropFirst().allSatisfy { $0 < 20 })
        }
    }

    @Test("keeps within the window that the client asks for", arguments: [9, 12])
    func window(bits: Int) async throws {
        try await withSession(
            offer: "permessage-deflate; server_max_window_bits=\(bits)",
            response: "\(Self.noContext); server_max_window_bits=\(bits)"
        ) { client in
            let codec = Codec(windowBits: bits)
            // What repeats is farther away than a small window reaches.
            let block = (0..<4000).map { String($0 &* 7919 % 10_007) }.joined()
            client.sendFrame("4" + block + block)
            let answer = try await client.frame()
            #expect(try codec.inflate(answer) == "4" + block + block)
        }
    }

    @Test(
        "closes with the code that says why",
        arguments: [
            // Not DEFLATE.
            ([0xFF, 0xFF, 0xFF], 1007),
            // Cut off.
            ([0xF2, 0x48, 0xCD], 1007),
            // The text is not UTF-8: a stored block with FF.
            ([0x00, 0x01, 0x00, 0xFE, 0xFF, 0xFF, 0x00], 1007),
        ] as [([UInt8], UInt16)])
    func corrupt(bytes: [UInt8], code: UInt16) async throws {
        try await withSession(response: Self.noContext) { client in
            client.sendFrame(0x41, bytes)
            #expect(try await client.frame() == .close(code))
            try await client.receiveEnd()
        }
    }

    @Test("cuts a bomb off with 1009, and the event loop's decompressor goes on for others")
    func bomb() async throws {
        try await TestServer.run {
            $0.perMessageDeflate = PerMessageDeflate()
            $0.maxPayload = 10_000
        } _: { server in
            let codec = Codec()
            // A megabyte in a kilobyte.
            let bomb = codec.deflate(ByteBuffer(repeating: UInt8(ascii: "4"), count: 1 << 20))
            #expect(bomb.count < 2000)
            for _ in 0..<2 {
                let client = try await server.connect()
                _ = try await client.upgrade(TestServer.webSocket, headers: Self.offer)
                _ = try await client.frame()
                client.sendFrame(0x41, codec.deflate(ByteBuffer(repeating: UInt8(ascii: "4"), count: 10_000)))
                #expect(try codec.inflate(try await client.frame()).utf8.count == 10_000)
                client.sendFrame(0x41, bomb)
                #expect(try await client.frame() == .close(1009))
            }
        }
    }

    @Test("compresses after an upgrade from polling, also on another event loop", arguments: [1, 2])
    func afterUpgrade(loops: Int) async throws {
        try await TestServer.run(loops: loops, configure: { $0.perMessageDeflate = PerMessageDeflate() }) { server in
            let polling = try await server.connect()
            let sessionID = try await server.openPolling(polling)
            // Connections go to the loops in turn.
            let client = try await server.connect()
            let head = try await client.upgrade("\(TestServer.webSocket)&sid=\(sessionID)", headers: Self.offer)
            #expect(head.headers["sec-websocket-extensions"] == Self.noContext)
            client.sendFrame("2probe")
            #expect(try await client.frame() == .text("3probe"))
            client.sendFrame("5")
            let codec = Codec()
            client.sendFrame(0x41, codec.deflate(ByteBuffer(string: "4" + Self.long)))
            #expect(try codec.inflate(try await client.frame()) == "4" + Self.long)
        }
    }

    @Test("does not agree while it is off, and refuses compressed messages then")
    func off() async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            let head = try await client.upgrade(TestServer.webSocket, headers: Self.offer)
            #expect(head.status == 101)
            #expect(head.headers["sec-websocket-extensions"] == nil)
            _ = try await client.frame()
            client.sendFrame(0x41, Codec().deflate(ByteBuffer(string: "4x")))
            #expect(try await client.frame() == .close(1002))
        }
    }

    @Test("goes on without compression when no offer is acceptable")
    func declined() async throws {
        try await TestServer.run(configure: { $0.perMessageDeflate = PerMessageDeflate() }) { server in
            let client = try await server.connect()
            let head = try await client.upgrade(
                TestServer.webSocket, headers: ["Sec-WebSocket-Extensions": "permessage-deflate; wrong"])
            #expect(head.status == 101)
            #expect(head.headers["sec-websocket-extensions"] == nil)
            _ = try await client.frame()
            client.sendFrame("4" + Self.long)
            #expect(try await client.frame() == .text("4" + Self.long))
        }
    }
}
