import Adapter
import Cluster
import EngineIO
import Logging
import Matchmaking
import NIOCore
import NIOEmbedded
import SocketIO
import SocketServer
import Synchronization
import TestSupport
import Testing

@testable import Meet

/// One node with *meet* on an embedded loop, driven by calls: everything has happened when a call returns. The
/// middleware of authentication needs a task, so tests of it use real loops.
final class Fixture {
    let loop = EmbeddedEventLoop()
    let clock = ManualClock()
    let matchmaker: FailingMatchmaker
    let server: Server
    let application: MeetApplication

    init(_ change: (inout MeetConfiguration) -> Void = { _ in }) async throws {
        var configuration = MeetConfiguration()
        configuration.authentication.mode = .none
        change(&configuration)
        let tag = try #require(NodeTag("node_1"))
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        matchmaker = FailingMatchmaker(policy: configuration.policy)
        server = Server(nodeTag: tag, loops: [loop], adapters: SingleNodeAdapterFactory(), logger: logger)
        application = await MeetApplication(
            configuration: configuration, matchmaker: matchmaker, onlineCount: InProcessOnlineCount(),
            clocks: clock.clocks, logger: logger)
        for name in ["/", "/meet"] { application.attach(to: server.namespace(name)) }
    }

    /// A connected client; what it got on connecting is forgotten.
    func person(_ namespace: String = "") throws -> Person {
        let person = Person(server, namespace: namespace)
        try person.takeID()
        _ = person.received()
        return person
    }

    /// Two connected clients in one chat; the events that led to it are forgotten.
    func pair(video: Bool = false) throws -> (Person, Person) {
        let people = (try person(), try person())
        for person in [people.0, people.1] { person.send(#"["findChat",null,\#(video)]"#) }
        for person in [people.0, people.1] { _ = person.received() }
        return people
    }

    func advance(_ time: Duration) {
        clock.advance(time)
        loop.advanceTime(by: TimeAmount(time))
    }
}

/// Time that passes when a test says so.
final class ManualClock: Sendable {
    private let passed = Mutex(Duration.zero)

    var clocks: Clocks {
        Clocks(
            uptime: { self.passed.withLock { $0 } },
            now: { Tokens.now + self.passed.withLock { $0 / .seconds(1) } })
    }

    func advance(_ time: Duration) { passed.withLock { $0 += time } }
}

/// A matchmaker in process that can be cut off from its store.
final class FailingMatchmaker: Matchmaker {
    let isAway = Mutex(false)
    private let matchmaker: InProcessMatchmaker

    init(policy: MatchPolicy) {
        // Policies that wait are not tested here.
        matchmaker = InProcessMatchmaker(policy: policy) { _, _ in }
    }

    func start(_ events: any MatchEvents) { matchmaker.start(events) }

    func submit(
        _ operation: MatchOperation, completion: @escaping @Sendable (Result<MatchReply, MatchmakerError>) -> Void
    ) {
        guard isAway.withLock({ $0 }) else { return matchmaker.submit(operation, completion: completion) }
        completion(.failure(.unavailable))
    }
}

/// A client of *meet*.
final class Person {
    private let session = FakeSession(shard: 0)
    private let prefix: String
    private(set) var id = ""

    init(_ server: Server, namespace: String = "") {
        prefix = namespace.isEmpty ? "" : namespace + ","
        session.handler = server.opened(session)
        session.handler?.received(.text(ByteBuffer(string: "0" + prefix)))
    }

    /// Sends an event: its name and arguments as a JSON array.
    func send(_ event: String) {
        session.handler?.received(.text(ByteBuffer(string: "2" + prefix + event)))
    }

    /// Sends an event and returns its acknowledgement's arguments; other messages stay.
    func call(_ event: String) -> String? {
        session.handler?.received(.text(ByteBuffer(string: "2" + prefix + "7" + event)))
        let start = "3" + prefix + "7"
        guard let index = session.sent.firstIndex(where: { $0.hasPrefix(start) }) else { return nil }
        return String(session.sent.remove(at: index).dropFirst(start.count))
    }

    /// Events since the last look, without their counts and packet type; ids of `people` stand as `A`, `B`, ….
    func received(_ people: Person...) -> [String] {
        defer { session.sent = [] }
        return session.sent.map { message in
            var text = String(message.dropFirst(1 + prefix.count))
            for (person, name) in zip(people, ["A", "B", "C", "D"]) { text = text.replacing(person.id, with: name) }
            return text
        }
    }

    /// Its client has answered a barrier, which shows as an empty event.
    func barrierPassed() { session.handler?.barrierPassed() }

    func close(_ reason: CloseReason = .transportClose) { session.close(reason) }

    var closeReason: CloseReason? { session.closeReason }

    func takeID() throws {
        let answer = try #require(session.sent.first)
        let start = "0" + prefix + "{\"sid\":\""
        #expect(answer.hasPrefix(start))
        session.sent.removeFirst()
        id = String(answer.dropFirst(start.count).dropLast(2))
    }
}
