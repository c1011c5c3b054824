import Adapter
import Cluster
import EngineIO
import NIOCore
import NIOPosix
import SocketServer
import TestSupport
import Testing

/// A server on two event loops with threads of their own.
struct LiveFixture: Sendable {
    let loops: [any EventLoop]
    let server: Server
    private let group: MultiThreadedEventLoopGroup

    /// Runs a test body and stops the loops afterwards.
    static func run(
        _ adapters: any AdapterFactory = RecordingAdapter(), tag: String = "node_1",
        configuration: ServerConfiguration = ServerConfiguration(), _ body: (LiveFixture) async throws -> Void
    ) async throws {
        let fixture = try LiveFixture(adapters, tag: tag, configuration)
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(fixture))
        } catch {
            result = .failure(error)
        }
        try await fixture.group.shutdownGracefully()
        try result.get()
    }

    private init(_ adapters: any AdapterFactory, tag: String, _ configuration: ServerConfiguration) throws {
        group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        loops = Array(group.makeIterator())
        let tag = try #require(NodeTag(tag))
        server = Server(
            configuration: configuration, nodeTag: tag, loops: loops, adapters: adapters, logger: quiet)
    }

    var main: Namespace { server.namespace() }

    /// Opens a session on a loop and sends messages.
    func client(
        on shard: Int, protocolVersion: ProtocolVersion = .v4, _ messages: String...
    ) async throws -> LiveClient {
        let client = try await LiveClient(
            server, shard: shard, loop: loops[shard], protocolVersion: protocolVersion)
        for message in messages { try await client.send(message) }
        return client
    }

    /// Opens a session on a loop that has joined the main namespace, and forgets the answer.
    func joined(on shard: Int) async throws -> LiveClient {
        _ = main
        let client = try await client(on: shard, "0")
        try await client.takeID()
        return client
    }
}

/// The client's end of a session that lives on a loop of its own.
final class LiveClient: Sendable {
    private let loop: any EventLoop
    private let client: NIOLoopBound<Client>
    // Messages that nobody has asked for yet, and those who wait for one.
    private let waiting: NIOLoopBoundBox<[EventLoopPromise<String>]>

    init(
        _ server: Server, shard: Int, loop: any EventLoop, protocolVersion: ProtocolVersion = .v4
    ) async throws {
        self.loop = loop
        waiting = .makeBoxSendingValue([], eventLoop: loop)
        client = try await loop.submit { [waiting] in
            let session = FakeSession(shard: shard, protocolVersion: protocolVersion)
            let client = NIOLoopBound(Client(server, session), eventLoop: loop)
            // The message is kept right after this call, so look at it in the next turn of the loop.
            session.onSend = {
                loop.execute {
                    while !waiting.value.isEmpty, !client.value.session.sent.isEmpty {
                        waiting.value.removeFirst().succeed(client.value.session.sent.removeFirst())
                    }
                }
            }
            return client
        }.get()
    }

    func send(_ text: String) async throws {
        try await loop.submit { self.client.value.send(text) }.get()
    }

    /// What arrived until now. Everything that other loops handed over before is in it.
    func received() async throws -> [String] {
        try await loop.submit { self.client.value.received() }.get()
    }

    /// Waits for the next message.
    func next() async throws -> String {
        try await loop.flatSubmit {
            let promise = self.loop.makePromise(of: String.self)
            if self.waiting.value.isEmpty, !self.client.value.session.sent.isEmpty {
                promise.succeed(self.client.value.session.sent.removeFirst())
            } else {
                self.waiting.value.append(promise)
            }
            return promise.futureResult
        }.get()
    }

    @discardableResult
    func takeID() async throws -> String {
        try await loop.submit { try self.client.value.takeID() }.get()
    }

    func closeReason() async throws -> CloseReason? {
        try await loop.submit { self.client.value.session.closeReason }.get()
    }

    /// From now on the session ends when something is sent to it.
    func closesWhenSentTo() async throws {
        try await loop.submit {
            let session = self.client.value.session
            session.onSend = { [unowned session] in session.close(.slowConsumer) }
        }.get()
    }

    func close(_ reason: CloseReason) async throws {
        try await loop.submit { self.client.value.session.close(reason) }.get()
    }
}
