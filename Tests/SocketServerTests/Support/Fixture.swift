import Cluster
import EngineIO
import Logging
import NIOCore
import NIOEmbedded
import SocketIO
import SocketServer
import Synchronization
import TestSupport
import Testing

/// A server on one embedded loop, driven by calls: everything has happened when a call returns.
final class Fixture {
    let loop = EmbeddedEventLoop()
    let adapter = RecordingAdapter()
    let server: Server

    init(_ configuration: ServerConfiguration = ServerConfiguration()) throws {
        let tag = try #require(NodeTag("node_1"))
        server = Server(
            configuration: configuration, nodeTag: tag, loops: [loop], adapters: adapter, logger: quiet)
    }

    var main: Namespace { server.namespace() }

    func advance(milliseconds: Int64) { loop.advanceTime(by: .milliseconds(milliseconds)) }

    /// Opens a session and sends messages.
    func client(_ messages: String..., headers: [(name: String, value: String)] = []) -> Client {
        let client = Client(server, FakeSession(shard: 0, headers: headers))
        for message in messages { client.send(message) }
        return client
    }

    /// Opens a session that has joined the main namespace, and forgets the answer.
    func joined() throws -> Client {
        _ = main
        let client = client("0")
        try client.takeID()
        return client
    }
}

/// A logger that keeps test output readable.
let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// The client's end of a session.
final class Client {
    let session: FakeSession
    private(set) var id = ""

    init(_ server: any SessionAcceptor, _ session: FakeSession) {
        self.session = session
        session.handler = server.opened(session)
    }

    func send(_ text: String) {
        session.handler?.received(.text(ByteBuffer(string: text)))
    }

    func send(_ bytes: [UInt8]) {
        session.handler?.received(.binary(ByteBuffer(bytes: bytes)))
    }

    /// What arrived since the last look.
    func received() -> [String] {
        defer { session.sent = [] }
        return session.sent
    }

    /// Takes the socket id from the answer to CONNECT, which must be the first message.
    @discardableResult
    func takeID(_ namespace: String = "") throws -> String {
        let answer = try #require(session.sent.first)
        let start = "0\(namespace.isEmpty ? "" : namespace + ","){\"sid\":\""
        #expect(answer.hasPrefix(start) && answer.hasSuffix("\"}"))
        session.sent.removeFirst()
        id = String(answer.dropFirst(start.count).dropLast(2))
        return id
    }
}

/// Notes of handlers, which may run on any thread.
final class Notes: Sendable {
    private let notes = Mutex<[String]>([])

    func add(_ note: String) { notes.withLock { $0.append(note) } }

    var all: [String] { notes.withLock { $0 } }
}

/// Something that is handed on once and not kept.
final class Reference<Object: AnyObject & Sendable>: Sendable {
    private let object: Mutex<Object?>

    init(_ object: Object) { self.object = Mutex(object) }

    func take() -> Object? {
        object.withLock { object in
            defer { object = nil }
            return object
        }
    }
}
