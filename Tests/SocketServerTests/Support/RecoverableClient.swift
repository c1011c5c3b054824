import EngineIO
import NIOCore
import SocketIO
import SocketServer
import Testing

/// A client that does what the stock one does for connection state recovery: it keeps its private id and the last offset.
final class RecoverableClient {
    private let fixture: LiveFixture
    private let namespace: String
    private var live: LiveClient
    private(set) var id = ""
    private(set) var pid: String?
    private(set) var offset: String?
    /// Whether it has the socket that it had.
    private(set) var isRecovered = false
    /// Every event, without its offset.
    private(set) var events: [Arguments] = []

    init(_ fixture: LiveFixture, on shard: Int, namespace: String = "") async throws {
        self.fixture = fixture
        self.namespace = namespace.isEmpty ? "" : namespace + ","
        _ = fixture.server.namespace(namespace)
        live = try await fixture.client(on: shard)
        try await join()
    }

    /// CONNECT, up to the answer. What comes before it was missed.
    private func join() async throws {
        try await live.send("0\(namespace)\(Self.text(claim))")
        while true {
            let message = try await live.next()
            try #require(!message.hasPrefix("4"))
            guard message.hasPrefix("0\(namespace){") else {
                take(message)
                continue
            }
            let answer = try Value(json: ByteBuffer(string: String(message.dropFirst(1 + namespace.utf8.count))))
            let newPID = answer["pid"]?.string
            isRecovered = pid != nil && newPID == pid
            (id, pid) = (answer["sid"]?.string ?? "", newPID)
            return
        }
    }

    private var claim: Value {
        var claim = Value.Object()
        claim["pid"] = pid.map(Value.string)
        claim["offset"] = offset.map(Value.string)
        return .object(claim)
    }

    /// Takes what has arrived until now, but not the last few messages: those are still on their way.
    func receive(butLast number: Int = 0) async throws {
        for message in try await live.received().dropLast(number) { take(message) }
    }

    /// The connection is lost; what has arrived and not been taken never comes.
    func lose(_ reason: CloseReason = .transportClose) async throws {
        try await live.close(reason)
    }

    /// Connects again.
    func comeBack(on shard: Int) async throws {
        live = try await fixture.client(on: shard)
        try await join()
    }

    func send(_ text: String) async throws { try await live.send(text) }

    var closeReason: CloseReason? { get async throws { try await live.closeReason() } }

    private func take(_ message: String) {
        guard let start = message.firstIndex(of: "["),
            let values = (try? Value(json: ByteBuffer(string: String(message[start...]))))?.array
        else { return }
        if let last = values.last?.string, last.hasPrefix("node_1.") {
            offset = last
            events.append(Arguments(Array(values.dropLast())))
        } else {
            events.append(Arguments(values))
        }
    }

    private static func text(_ value: Value) -> String {
        var buffer = ByteBuffer()
        value.writeJSON(to: &buffer)
        return String(buffer: buffer)
    }
}
