import Launch
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import HealthCheck

@Suite("Health check")
struct HealthCheckTests {
    /// Listens on a free port, reads what comes until the end of a head, and answers with a text, or never.
    private func withServer(
        answering answer: String?, _ body: (HealthTarget, Recorder<String>) async throws -> Void
    ) async throws {
        let heads = Recorder<String>()
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Answering(answer, heads))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(server.localAddress?.port)
        let target = try #require(HealthTarget(listener: .tcp(host: "0.0.0.0", port: port)))
        try await body(target, heads)
        try await server.close()
    }

    @Test("200 is health", .timeLimit(.minutes(1)))
    func healthy() async throws {
        try await withServer(answering: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") { target, heads in
            try await HealthQuestion(target: target, path: "/healthz").ask(within: .seconds(30))
            #expect(heads.all.joined().hasPrefix("GET /healthz HTTP/1.1\r\n"))
        }
    }

    @Test("any other status is not, and is named", .timeLimit(.minutes(1)))
    func unwell() async throws {
        try await withServer(answering: "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n") { target, _ in
            let question = HealthQuestion(target: target, path: "/readyz")
            let expected = HealthQuestion.Problem.unwell("\(target.place)/readyz", status: 503)
            await #expect(throws: expected) { try await question.ask(within: .seconds(30)) }
        }
    }

    @Test("who does not answer in time is not healthy", .timeLimit(.minutes(1)))
    func silent() async throws {
        try await withServer(answering: nil) { target, _ in
            let question = HealthQuestion(target: target, path: "/healthz")
            let expected = HealthQuestion.Problem.silent("\(target.place)/healthz")
            await #expect(throws: expected) { try await question.ask(within: .milliseconds(100)) }
        }
    }

    @Test("neither is who closes the connection, or does not listen", .timeLimit(.minutes(1)))
    func unreachable() async throws {
        var gone: HealthTarget?
        try await withServer(answering: "") { target, _ in
            await #expect(throws: HealthQuestion.Problem.self) {
                try await HealthQuestion(target: target, path: "/healthz").ask(within: .seconds(30))
            }
            gone = target
        }
        let target = try #require(gone)
        await #expect(throws: HealthQuestion.Problem.self) {
            try await HealthQuestion(target: target, path: "/healthz").ask(within: .seconds(30))
        }
    }

    @Test("a listener that expects a header of the PROXY protocol gets one first", .timeLimit(.minutes(1)))
    func proxyHeader() async throws {
        try await withServer(answering: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") { target, heads in
            var target = target
            target.beginsWithProxyHeader = true
            try await HealthQuestion(target: target, path: "/healthz").ask(within: .seconds(30))
            #expect(heads.all.joined().hasPrefix("PROXY UNKNOWN\r\nGET /healthz"))
        }
    }

    @Test("all addresses stand for the loopback interface; a port that the kernel chooses is nobody's")
    func listeners() {
        #expect(HealthTarget(listener: .tcp(host: "::", port: 1))?.place == .tcp(host: "::1", port: 1))
        #expect(HealthTarget(listener: .tcp(host: "10.0.0.1", port: 1))?.place == .tcp(host: "10.0.0.1", port: 1))
        #expect(HealthTarget(listener: .unix(path: "/x"), isTLS: true)?.place == .unix(path: "/x"))
        #expect(HealthTarget(listener: .tcp(host: "0.0.0.0", port: 0)) == nil)
    }

    @Test(
        "URLs",
        arguments: [
            ("http://a:1/ready?x=1", "a:1", false, "/ready?x=1"), ("https://[::1]/", "[::1]:443", true, nil),
            ("http://a", "a:80", false, nil), ("unix:/run/a", "unix:/run/a", false, nil),
        ])
    func urls(text: String, place: String, isTLS: Bool, path: String?) throws {
        let target = try #require(HealthTarget(url: text))
        #expect("\(target.place)" == place && target.isTLS == isTLS && target.path == path)
    }

    @Test(
        "what is no URL",
        arguments: ["", "a:1", "ftp://a", "http://", "http://a:0", "http://a:b", "unix:a", "http://a/\r\n"])
    func noURLs(text: String) {
        #expect(HealthTarget(url: text) == nil)
    }
}

/// Waits for the end of a head, then writes its answer, or closes if that is empty.
private final class Answering: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let answer: String?
    private let heads: Recorder<String>
    private var head = ""

    init(_ answer: String?, _ heads: Recorder<String>) {
        self.answer = answer
        self.heads = heads
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        head += String(buffer: unwrapInboundIn(data))
        guard head.hasSuffix("\r\n\r\n"), let answer else { return }
        heads.record(head)
        if answer.isEmpty {
            context.close(promise: nil)
        } else {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
        }
    }
}
