import Adapter
import NIOCore
import RedisAdapter
import TestSupport
import Testing

@Suite struct RedisOutageTests {
    @Test("while Redis is down commands fail at once and publications are counted; then everything is there again")
    func restart() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        try await withClient(server.url, configure: { $0.outage = .drop }) { redis in
            let states = Recorder<RedisState>()
            let received = Recorder<String>()
            redis.onStateChange { states.record($0) }
            redis.subscribe("c") { _, payload in received.record(String(buffer: payload)) }
            redis.patternSubscribe("p*") { _, payload in received.record(String(buffer: payload)) }
            server.stop()
            #expect(await eventually { states.all.last == .disconnected })
            // The state changes with the first link that is lost; the command link may still be about to find out.
            #expect(await eventually { await refusal(by: redis) == .unavailable })
            redis.publish("c", ByteBuffer(string: "lost"))
            #expect(redis.droppedPublications == 1)
            try await server.restart()
            #expect(await eventually { states.all.last == .connected })
            redis.publish("c", ByteBuffer(string: "one"))
            redis.publish("pattern", ByteBuffer(string: "two"))
            #expect(await eventually { received.all == ["one", "two"] })
        }
    }

    @Test("publications that were kept while Redis was down arrive once, in order, before later ones")
    func kept() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        let quick: (inout RedisConfiguration) -> Void = {
            $0.timing.settling = .milliseconds(600)
            $0.timing.ping = .milliseconds(50)
        }
        try await withClient(server.url, configure: quick) { receiver in
            let received = Recorder<String>()
            receiver.subscribe("c") { _, payload in received.record(String(buffer: payload)) }
            try await withClient(server.url, configure: quick) { redis in
                server.stop()
                #expect(await eventually { await refusal(by: redis) == .unavailable })
                for number in 0..<100 { redis.publish("c", ByteBuffer(string: "\(number)")) }
                #expect(redis.keptPublications == 100)
                try await server.restart()
                #expect(await eventually { (try? await redis.command(["PING"])) != nil })
                for number in 100..<200 { redis.publish("c", ByteBuffer(string: "\(number)")) }
                #expect(await eventually { received.all.count >= 200 })
                #expect(received.all == (0..<200).map { "\($0)" })
                #expect(redis.droppedPublications == 0)
            }
        }
    }

    @Test("a subscriber that Redis throws out subscribes again, before the state is connected")
    func killedSubscriber() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        try await withClient(server.url) { redis in
            let states = Recorder<RedisState>()
            let received = Recorder<String>()
            redis.subscribe("c") { _, payload in received.record(String(buffer: payload)) }
            redis.onStateChange { states.record($0) }
            #expect(await eventually { (try? await redis.command(["PUBSUB", "CHANNELS"]))?.array?.count == 1 })
            for round in 1...5 {
                _ = try await redis.command(["CLIENT", "KILL", "TYPE", "pubsub"])
                let cycles = Array(repeating: [RedisState.disconnected, .connected], count: round)
                #expect(await eventually { states.all == [.connected] + cycles.joined() })
                redis.publish("c", ByteBuffer(string: "\(round)"))
                #expect(await eventually { received.all == (1...round).map { "\($0)" } })
            }
        }
    }

    @Test("who waits for a reply is told when the connection is lost")
    func connectionLost() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        try await withClient(server.url) { redis in
            server.pause()
            let results = Recorder<RedisError?>()
            redis.command(["PING"]) { result in
                if case .failure(let error) = result { results.record(error) }
            }
            server.stop()
            #expect(await eventually { results.all == [.connectionLost] })
        }
    }

    @Test("a frozen Redis is noticed; what was published meanwhile arrives in order when it goes on")
    func frozen() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        let patience: (inout RedisConfiguration) -> Void = {
            $0.timing.ping = .milliseconds(50)
            $0.timing.unresponsive = .milliseconds(300)
            $0.timing.command = .milliseconds(300)
        }
        try await withClient(server.url, configure: patience) { redis in
            let states = Recorder<RedisState>()
            let received = Recorder<String>()
            let results = Recorder<RedisError?>()
            redis.subscribe("c") { _, payload in received.record(String(buffer: payload)) }
            #expect(await eventually { await RedisBus(redis).subscriberCount("c") == 1 })
            redis.onStateChange { states.record($0) }
            server.pause()
            redis.command(["PING"]) { result in
                if case .failure(let error) = result { results.record(error) }
            }
            for number in 0..<100 { redis.publish("c", ByteBuffer(string: "\(number)")) }
            #expect(await eventually { states.all.last == .unresponsive && results.all == [.timedOut] })
            // The state changes with the first link that is lost; the command link may still be about to find out.
            #expect(await eventually { await refusal(by: redis) == .unavailable })
            for number in 100..<200 { redis.publish("c", ByteBuffer(string: "\(number)")) }
            server.resume()
            #expect(await eventually { states.all.last == .connected })
            #expect(await eventually { received.all == (0..<200).map { "\($0)" } })
            let reply = try await redis.command(["ECHO", "in step"])
            #expect(reply.text == "in step")
        }
    }

    @Test("a Redis that stays frozen is given up, and joined again")
    func dead() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        let patience: (inout RedisConfiguration) -> Void = {
            $0.timing.ping = .milliseconds(50)
            $0.timing.unresponsive = .milliseconds(200)
            $0.timing.dead = .milliseconds(400)
        }
        try await withClient(server.url, configure: patience) { redis in
            let states = Recorder<RedisState>()
            redis.onStateChange { states.record($0) }
            server.pause()
            #expect(await eventually { states.all.last == .disconnected })
            server.resume()
            #expect(await eventually { states.all.last == .connected })
        }
    }

    @Test("scripts are there after a restart and after SCRIPT FLUSH")
    func scripts() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        try await withClient(server.url) { redis in
            let script = RedisScript(name: "add", source: "return redis.call('INCRBY', KEYS[1], ARGV[1])")
            redis.register(script)
            var results = [try await redis.run(script, keys: ["n"], arguments: [2]).integer]
            _ = try await redis.command(["SCRIPT", "FLUSH"])
            results.append(try await redis.run(script, keys: ["n"], arguments: [3]).integer)
            server.stop()
            try await server.restart()
            #expect(await eventually { (try? await redis.command(["PING"])) != nil })
            results.append(try await redis.run(script, keys: ["n"], arguments: [4]).integer)
            #expect(results == [2, 5, 4])
        }
    }

    @Test("an error raised by a script is refused")
    func scriptError() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        try await withClient(server.url) { redis in
            let script = RedisScript(name: "bad", source: "return redis.error_reply('NOPE really')")
            redis.register(script)
            let error = await #expect(throws: RedisError.self) {
                _ = try await redis.run(script, keys: [], arguments: [])
            }
            #expect(error == .refused("NOPE really"))
        }
    }

    /// How a command fails; `nil` if it does not.
    private func refusal(by redis: RedisClient) async -> RedisError? {
        do throws(RedisError) {
            _ = try await redis.command(["PING"])
            return nil
        } catch {
            return error
        }
    }
}
