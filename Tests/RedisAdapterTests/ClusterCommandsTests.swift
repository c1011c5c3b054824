import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import RedisAdapter

private typealias Endpoint = RedisConfiguration.Endpoint

/// The way to the servers of a Redis Cluster, without connections: the test takes what would be written, and answers.
@Suite struct ClusterCommandsTests {
    private let one = Endpoint.host("one", port: 1)
    private let two = Endpoint.host("two", port: 2)
    private let answers = Recorder<String>()

    /// Commands to a cluster whose first server owns the slots of all keys that are used here.
    private func commands(limit: Int = 1000) throws -> ClusterCommands {
        var configuration = RedisConfiguration(endpoint: one)
        configuration.limits.waitingCommands = limit
        let commands = ClusterCommands(configuration, loop: MultiThreadedEventLoopGroup.singleton.next()) { _ in }
        _ = commands.found(try map(owner: one, other: two))
        return commands
    }

    /// Both servers own something, so that none of them is retired.
    private func map(owner: Endpoint, other: Endpoint) throws -> SlotMap {
        let reply = RedisReply.array([range(0, 16382, owner), range(16383, 16383, other)])
        return try #require(SlotMap(reply, asked: one))
    }

    private func range(_ first: Int64, _ last: Int64, _ owner: Endpoint) -> RedisReply {
        let port = Int64(owner == one ? 1 : 2)
        let host = RedisReply.bytes(ByteBuffer(string: owner == one ? "one" : "two"))
        return .array([.integer(first), .integer(last), .array([host, .integer(port)])])
    }

    private func append(_ text: String, to key: String = "k", _ commands: ClusterCommands) {
        commands.command(["RPUSH", .text(key), .text(text)]) { answers.record("\(text): \($0)") }
    }

    /// What a server is sent, by the last word of each command.
    private func sent(to server: Endpoint, _ commands: ClusterCommands) throws -> [String] {
        let queue = try #require(commands.queue(of: server))
        _ = queue.connected()
        let bytes = queue.take().map { String(buffer: $0) } ?? ""
        return bytes.split(separator: "*").compactMap { $0.split(whereSeparator: \.isNewline).last.map { String($0) } }
    }

    private func answer(
        _ result: Result<RedisReply, RedisError>, by server: Endpoint, _ commands: ClusterCommands
    ) throws {
        guard case .asker(let completion) = try #require(commands.queue(of: server)).replied() else {
            Issue.record("nothing is outstanding")
            return
        }
        completion(result)
    }

    @Test("a map that is known before the first MOVED: what comes later does not overtake what is outstanding")
    func refreshed() throws {
        let commands = try commands()
        append("1", commands)
        append("2", commands)
        #expect(try sent(to: one, commands) == ["1", "2"])
        #expect(commands.found(try map(owner: two, other: one)).isEmpty)
        append("3", commands)
        #expect(try sent(to: one, commands) == ["PING"])
        #expect(try commands.queue(of: two) == nil || sent(to: two, commands) == [])
        for _ in 1...2 {
            try answer(.failure(.refused("MOVED \(HashSlot(of: "k").number) two:2")), by: one, commands)
            append("4", commands)
        }
        #expect(try commands.queue(of: two) == nil || sent(to: two, commands) == [])
        try answer(.success(.status("PONG")), by: one, commands)
        append("5", commands)
        #expect(try sent(to: two, commands) == ["1", "2", "3", "4", "4", "5"])
        #expect(try sent(to: one, commands) == [])
        #expect(answers.all.isEmpty)
    }

    @Test("a map that is known when the old owner has answered everything: nothing waits")
    func idle() throws {
        let commands = try commands()
        append("1", commands)
        #expect(try sent(to: one, commands) == ["1"])
        try answer(.success(.integer(1)), by: one, commands)
        _ = commands.found(try map(owner: two, other: one))
        append("2", commands)
        #expect(try sent(to: one, commands) == [])
        #expect(try sent(to: two, commands) == ["2"])
    }

    @Test("the old owner is lost while commands wait for it: they go to the new one")
    func lost() throws {
        let commands = try commands()
        append("1", commands)
        #expect(try sent(to: one, commands) == ["1"])
        _ = commands.found(try map(owner: two, other: one))
        append("2", commands)
        let waiting = try #require(commands.queue(of: one)).close()
        for completion in waiting { completion(.failure(.connectionLost)) }
        append("3", commands)
        #expect(try sent(to: two, commands) == ["2", "3"])
        #expect(answers.all.map { $0.prefix(1) } == ["1"])
    }

    @Test("more commands of moving slots than may wait are refused, and overtake nothing")
    func bounded() async throws {
        let commands = try commands(limit: 2)
        append("1", commands)
        _ = try sent(to: one, commands)
        _ = commands.found(try map(owner: two, other: one))
        for (number, key) in ["k", "other", "k"].enumerated() { append("\(number + 2)", to: key, commands) }
        #expect(await eventually { answers.all == ["4: failure(RedisAdapter.RedisError.unavailable)"] })
        _ = try sent(to: one, commands)
        try answer(.success(.integer(1)), by: one, commands)
        try answer(.success(.status("PONG")), by: one, commands)
        #expect(try Set(sent(to: two, commands)) == ["2", "3"])
    }
}
