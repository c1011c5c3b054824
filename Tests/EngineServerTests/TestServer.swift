import EngineIO
import EngineServer
import Logging
import NIOCore
import NIOPosix
import Testing

/// The layer above, for tests: echoes, obeys a few words, and reports what happens.
struct EchoAcceptor: SessionAcceptor {
    let reports: AsyncStream<String>.Continuation
    var acceptsSessions = true

    /// How many texts the word "numbers" is answered with.
    static let numbers = 8_000

    /// One of them; they are of all lengths up to 1,500 bytes, 6 MB together.
    static func text(_ number: Int) -> ByteBuffer {
        ByteBuffer(string: "\(number) " + String(repeating: "x", count: number * 7 % 1_500))
    }

    func opened(_ session: any EngineSession) -> any SessionHandler {
        reports.yield("opened from \(session.handshake.address)")
        return EchoHandler(session, reports)
    }
}

private final class EchoHandler: SessionHandler {
    private unowned let session: any EngineSession
    private let reports: AsyncStream<String>.Continuation

    init(_ session: any EngineSession, _ reports: AsyncStream<String>.Continuation) {
        self.session = session
        self.reports = reports
    }

    func received(_ message: Message) {
        switch message {
        case .text(ByteBuffer(string: "close")):
            session.close(.forcedServerClose)
        case .text(ByteBuffer(string: "flood")):
            let megabyte = OutgoingMessage(.binary(ByteBuffer(repeating: 0, count: 1 << 20)))
            for _ in 0..<64 { session.send(megabyte, volatile: false) }
        case .text(ByteBuffer(string: "numbers")):
            for number in 0..<EchoAcceptor.numbers {
                session.send(OutgoingMessage(.text(EchoAcceptor.text(number))), volatile: false)
            }
            reports.yield("sent the numbers")
        case .text(ByteBuffer(string: "volatile")):
            session.send(OutgoingMessage(message), volatile: true)
        default:
            session.send(OutgoingMessage(message), volatile: false)
        }
    }

    func closed(_ reason: CloseReason) {
        reports.yield("closed: \(reason.rawValue)")
    }
}

/// A server for the time of one test.
struct TestServer: Sendable {
    let address: SocketAddress
    let listener: HTTPServer
    let engine: Engine
    let group: MultiThreadedEventLoopGroup
    let reports: Reports

    /// What the layer above reports, in order.
    actor Reports {
        private var iterator: AsyncStream<String>.Iterator

        init(_ stream: AsyncStream<String>) {
            iterator = stream.makeAsyncIterator()
        }

        func next() async -> String? {
            var iterator = iterator
            let report = await iterator.next(isolation: #isolation)
            self.iterator = iterator
            return report
        }
    }

    /// Runs a test against a server.
    ///
    /// Connections are given to the event loops in turn, so that with two of them the second connection is on another
    /// loop than the first.
    static func run(
        loops: Int = 1, limits: HTTPLimits = HTTPLimits(), responder: (any HTTPResponder)? = nil,
        acceptsSessions: Bool = true, listening: ListenerConfiguration? = nil,
        configure: (inout EngineConfiguration) -> Void = { _ in },
        _ test: @Sendable (TestServer) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: loops)
        let (stream, continuation) = AsyncStream.makeStream(of: String.self)
        var configuration = EngineConfiguration()
        configure(&configuration)
        try configuration.validate()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let engine = Engine(
            configuration: configuration, nodeTag: "TESTAB", loops: group.makeIterator().map { $0 as any EventLoop },
            acceptor: EchoAcceptor(reports: continuation, acceptsSessions: acceptsSessions), logger: logger)
        let server = HTTPServer(
            listening ?? .forTests { $0.limits = limits },
            mounts: [
                .engine(path: "/engine.io/", engine),
                .webSocketEcho(path: "/ws-echo", perMessageDeflate: configuration.perMessageDeflate),
            ], responder: responder, group: group, logger: logger)
        let address = try await server.bind()
        let reports = Reports(stream)
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await server.run() }
            try await test(
                TestServer(address: address, listener: server, engine: engine, group: group, reports: reports))
            tasks.cancelAll()
        }
        #expect(engine.sessionCount == 0)
        try await group.shutdownGracefully()
    }

    func connect(autoRead: Bool = true) async throws -> RawClient {
        try await RawClient.connect(to: address, group: NIOSingletons.posixEventLoopGroup, autoRead: autoRead)
    }

    static let polling = "/engine.io/?EIO=4&transport=polling"
    static let webSocket = "/engine.io/?EIO=4&transport=websocket"

    /// Opens a polling session.
    /// - Returns: its id.
    func openPolling(_ client: RawClient, headers: [String: String] = [:]) async throws -> String {
        let response = try await client.exchange("GET", Self.polling, headers: headers)
        try #require(response.status == 200)
        return try sessionID(response.body)
    }

    /// Opens a WebSocket session.
    func openWebSocket() async throws -> RawClient {
        let client = try await connect()
        try #require(try await client.upgrade(Self.webSocket).status == 101)
        guard case .text(let open) = try await client.frame() else { throw RawClient.Closed() }
        _ = try sessionID(open)
        return client
    }

    func sessionID(_ open: String) throws -> String {
        let prefix = #"0{"sid":""#
        try #require(open.hasPrefix(prefix))
        return String(open.dropFirst(prefix.count).prefix { $0 != "\"" })
    }
}

extension ListenerConfiguration {
    /// A listener on a port that the system chooses.
    static func forTests(_ change: (inout ListenerConfiguration) -> Void) -> ListenerConfiguration {
        var configuration = ListenerConfiguration(name: "test", address: .tcp(host: "127.0.0.1", port: 0))
        change(&configuration)
        return configuration
    }
}
