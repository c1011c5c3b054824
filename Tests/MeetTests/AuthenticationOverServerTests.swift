import Adapter
import Cluster
import EngineIO
import Logging
import Matchmaking
import NIOCore
import NIOPosix
import SocketIO
import SocketServer
import TestSupport
import Testing

@testable import Meet

@Suite("Authentication over the Socket.IO server", .timeLimit(.minutes(1)))
struct AuthenticationOverServerTests {
    /// One node on a loop with a thread of its own: middleware needs tasks.
    private struct Node: Sendable {
        let loop: any EventLoop
        let clock = ManualClock()
        let matchmaker = FailingMatchmaker(policy: .init())
        let server: Server
        let application: MeetApplication

        init(_ change: (inout MeetConfiguration) -> Void) async throws {
            loop = NIOSingletons.posixEventLoopGroup.next()
            var configuration = MeetConfiguration()
            configuration.authentication.secrets = [Tokens.secret]
            change(&configuration)
            let tag = try #require(NodeTag("node_1"))
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            server = Server(nodeTag: tag, loops: [loop], adapters: SingleNodeAdapterFactory(), logger: logger)
            application = await MeetApplication(
                configuration: configuration, matchmaker: matchmaker, onlineCount: InProcessOnlineCount(),
                clocks: clock.clocks, logger: logger)
            application.attach(to: server.namespace("/"))
        }

        /// Opens a session and connects.
        func client(auth: String = "", headers: [(name: String, value: String)] = []) async throws -> Session {
            let (loop, server) = (loop, server)
            let session = try await loop.submit {
                let session = FakeSession(shard: 0, headers: headers)
                session.handler = server.opened(session)
                session.handler?.received(.text(ByteBuffer(string: "0" + auth)))
                return NIOLoopBound(session, eventLoop: loop)
            }.get()
            return Session(bound: session)
        }
    }

    private struct Session: Sendable {
        let bound: NIOLoopBound<FakeSession>

        func send(_ packet: String) async throws {
            try await bound.eventLoop.submit {
                bound.value.handler?.received(.text(ByteBuffer(string: packet)))
            }.get()
        }

        /// Waits for a packet of this beginning.
        func receives(_ start: String) async -> Bool {
            await eventually {
                (try? await bound.eventLoop.submit { bound.value.sent.contains { $0.hasPrefix(start) } }.get()) == true
            }
        }
    }

    @Test("items 19 to 23: required mode over the wire, with the exact texts")
    func required() async throws {
        let node = try await Node { $0.authentication.mode = .required }
        let token = try await Tokens.token()
        let anonymous = try await node.client()
        #expect(await anonymous.receives(#"4{"message":"Authentication token required"}"#))
        let bad = try await node.client(auth: #"{"token":"x"}"#, headers: [("authorization", token)])
        #expect(await bad.receives(#"4{"message":"Authentication failed"}"#))
        for auth in [token, "Bearer " + token] {
            let good = try await node.client(auth: #"{"token":"\#(auth)"}"#)
            #expect(await good.receives(#"0{"sid":"#))
            let byHeader = try await node.client(headers: [("authorization", auth)])
            #expect(await byHeader.receives(#"0{"sid":"#))
        }
        #expect(node.application.metrics.authenticationFailures == 2)
    }

    @Test("an identity counts in pairing, and its address is shown only if so configured")
    func identity() async throws {
        for reveals in [false, true] {
            let node = try await Node { $0.revealEmail = reveals }
            let token = try await Tokens.token { $0.email = "a@example.org" }
            let tabs = try await [
                node.client(auth: #"{"token":"\#(token)"}"#), node.client(auth: #"{"token":"\#(token)"}"#),
            ]
            for tab in tabs {
                #expect(await tab.receives("0"))
                try await tab.send(#"2["findChat"]"#)
                #expect(await tab.receives(#"2["waiting"]"#))
            }
            let other = try await node.client()
            #expect(await other.receives("0"))
            try await other.send(#"2["findChat"]"#)
            #expect(await tabs[0].receives(#"2["chatStart""#))
            try await tabs[0].send(#"2["sendMessage","x"]"#)
            let address = reveals ? "a@example.org" : "Anonymous"
            #expect(await other.receives(#"2["message",{"sender":"node_1"#))
            let texts = try await other.bound.eventLoop.submit { other.bound.value.sent }.get()
            let message = texts.first { $0.hasPrefix(#"2["message""#) }
            #expect(message?.contains(#""senderEmail":"\#(address)""#) == true)
        }
    }

    @Test("item 27: in required mode the server disconnects when the token expires, not before")
    func expiry() async throws {
        let node = try await Node { $0.authentication.mode = .required }
        let token = try await Tokens.token { $0.exp = Tokens.now + 0.02 }
        let client = try await node.client(auth: #"{"token":"\#(token)"}"#)
        #expect(await client.receives("0"))
        // The socket's timer looks at the clock, which stands still, again and again.
        try await client.send(#"2["findChat"]"#)
        #expect(await client.receives(#"2["waiting"]"#))
        #expect(try await client.bound.eventLoop.submit { !client.bound.value.sent.contains("1") }.get())
        node.clock.advance(.seconds(1))
        #expect(await client.receives("1"))
    }

    @Test("in mode none tokens are not even looked at")
    func none() async throws {
        let node = try await Node { $0.authentication.mode = .none }
        let client = try await node.client(auth: #"{"token":"garbage"}"#)
        #expect(await client.receives(#"0{"sid":"#))
    }
}
