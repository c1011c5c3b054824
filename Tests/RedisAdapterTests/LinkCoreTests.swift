import NIOCore
import TestSupport
import Testing

@testable import RedisAdapter

@Suite struct PendingCommandsTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    @Test("replies belong to commands in the order in which they were given")
    func order() {
        var pending = PendingCommands()
        let told = Recorder<[Int64?]>()
        pending.append({ told.record([1, try? $0.get().integer]) }, deadline: start)
        pending.append(nil, deadline: start)
        pending.append({ told.record([3, try? $0.get().integer]) }, deadline: start)
        for number in 1...3 {
            if case .asker(let completion) = pending.replied() { completion(.success(.integer(Int64(number)))) }
        }
        #expect(told.all == [[1, 1], [3, 3]])
        guard case .unknown = pending.replied() else {
            Issue.record("a reply without a command")
            return
        }
    }

    @Test("late commands are told so once, and keep their place")
    func expiry() {
        var pending = PendingCommands()
        let told = Recorder<Int>()
        for number in 1...3 {
            pending.append({ _ in told.record(number) }, deadline: start + .seconds(Int64(number)))
            pending.append(nil, deadline: .distantFuture)
        }
        #expect(pending.expired(at: start).isEmpty)
        let late = pending.expired(at: start + .seconds(2))
        for completion in late { completion(.failure(.timedOut)) }
        #expect(told.all == [1, 2])
        #expect(pending.expired(at: start + .seconds(2)).isEmpty)
        for _ in 1...5 {
            if case .asker(let completion) = pending.replied() { completion(.success(.null)) }
        }
        #expect(told.all == [1, 2, 3])
        #expect(pending.count == 1)
    }

    @Test("when the connection is lost, everybody who still waits is told")
    func lost() {
        var pending = PendingCommands()
        pending.append({ _ in }, deadline: start)
        pending.append(nil, deadline: start)
        pending.append({ _ in }, deadline: start + .seconds(5))
        #expect(pending.expired(at: start).count == 1)
        #expect(pending.removeAll().count == 1)
        #expect(pending.count == 0)
    }
}

@Suite struct LinkHealthTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
    private let timing: RedisConfiguration.Timing = {
        var timing = RedisConfiguration.Timing()
        timing.ping = .seconds(1)
        timing.unresponsive = .seconds(3)
        timing.dead = .seconds(6)
        return timing
    }()

    @Test("silence makes a connection unresponsive, then dead; a word makes it alive")
    func silence() {
        var health = LinkHealth(timing, at: start)
        var verdicts = (1...6).map { health.ticked(at: start + .seconds($0)) }
        #expect(verdicts == [.alive, .alive, .unresponsive, .unresponsive, .unresponsive, .dead])
        health.heard(at: start + .seconds(6))
        verdicts = (7...8).map { health.ticked(at: start + .seconds($0)) }
        #expect(verdicts == [.alive, .alive])
    }

    @Test("a process that stood still itself blames nobody")
    func frozen() {
        var health = LinkHealth(timing, at: start)
        let verdicts = [1, 20, 21, 22, 23].map { health.ticked(at: start + .seconds($0)) }
        #expect(verdicts == [.alive, .alive, .alive, .alive, .unresponsive])
    }
}

@Suite struct BackOffTests {
    @Test("pauses double up to the longest, and begin anew after success")
    func pauses() {
        var timing = RedisConfiguration.Timing()
        timing.firstBackOff = .milliseconds(100)
        timing.longestBackOff = .milliseconds(300)
        var backOff = BackOff(timing)
        let pauses = (0..<5).map { _ in backOff.pause(jitter: 0) }
        #expect(pauses == [.zero, .milliseconds(100), .milliseconds(200), .milliseconds(300), .milliseconds(300)])
        #expect(backOff.pause(jitter: 1) == .milliseconds(150))
        backOff.succeeded()
        #expect(backOff.pause(jitter: 0) == .zero)
    }
}

@Suite struct CommandQueueTests {
    private func queue(
        bytes: Int = 1000, commands: Int = 1000, outage: OutagePolicy = .drop, gate: CommandQueue.Gate = .closed
    ) -> CommandQueue {
        var configuration = RedisConfiguration(endpoint: .host("host", port: 1))
        configuration.outage = outage
        configuration.limits.waitingBytes = bytes
        configuration.limits.waitingCommands = commands
        return CommandQueue(configuration, gate: gate)
    }

    @Test("what is given within a tick is written at once, in order, and wakes the link once")
    func batch() {
        let queue = queue()
        _ = queue.connected()
        #expect(queue.append(["A"], completion: nil) == .first)
        #expect(queue.appendPublication(["B", .bytes(ByteBuffer(bytes: [0]))]) == .queued)
        #expect(queue.take().map { String(buffer: $0) } == "*1\r\n$1\r\nA\r\n*2\r\n$1\r\nB\r\n$1\r\n\0\r\n")
        #expect(queue.take() == nil)
        #expect(queue.append(["C"], completion: nil) == .first)
    }

    @Test("a closed gate lets only the greeting pass; a half open one publications too")
    func gate() {
        let queue = queue()
        #expect(queue.append(["A"], completion: nil) == .refused)
        #expect(queue.appendPublication(["B"]) == .refused)
        #expect(queue.append(["PING"], greeting: true, completion: nil) == .first)
        queue.heard(isAlive: false, settling: false)
        #expect(queue.append(["A"], completion: nil) == .refused)
        #expect(queue.appendPublication(["B"]) == .queued)
        #expect(queue.losses == Losses(dropped: 1))
    }

    /// What a queue would write now, one word after the other.
    private func written(_ queue: CommandQueue) -> String {
        let text = queue.take().map { String(buffer: $0) } ?? ""
        return text.split(separator: "\r\n").filter { !"*$".contains($0.prefix(1)) }.joined(separator: " ")
    }

    @Test("kept publications are sent when Redis has settled, before those that were given meanwhile")
    func kept() {
        let queue = queue(outage: .keep(bytes: 1000))
        _ = queue.connected()
        _ = queue.close()
        for word in ["A", "B"] { #expect(queue.appendPublication(["\(word)"]) == .queued) }
        #expect(queue.connected())
        #expect(queue.appendPublication(["C"]) == .queued)
        #expect(queue.append(["command"], completion: nil) == .first)
        #expect(written(queue) == "command")
        #expect(queue.keptPublications == 3)
        queue.settled()
        #expect(queue.appendPublication(["D"]) == .queued)
        #expect(written(queue) == "A B C D")
        #expect(queue.losses == Losses())
        #expect(queue.keptPublications == 0)
    }

    @Test("what is published before a first connection does not wait for others to come back")
    func beforeTheFirst() {
        let queue = queue(outage: .keep(bytes: 1000))
        _ = queue.appendPublication(["A"])
        #expect(!queue.connected())
        _ = queue.appendPublication(["B"])
        #expect(written(queue) == "A B")
    }

    @Test("Redis that falls silent while it settles gets the kept ones when it speaks again")
    func silentWhileSettling() {
        let queue = queue(outage: .keep(bytes: 1000))
        _ = queue.connected()
        _ = queue.close()
        _ = queue.appendPublication(["A"])
        #expect(queue.connected())
        queue.heard(isAlive: false, settling: true)
        _ = queue.appendPublication(["B"])
        queue.settled()
        #expect(written(queue) == "")
        queue.heard(isAlive: true, settling: false)
        #expect(written(queue) == "A B")
    }

    @Test("of too many kept publications the oldest are dropped and counted")
    func keptLimit() {
        // Each takes 64 bytes and its words.
        let queue = queue(outage: .keep(bytes: 200))
        for number in 0..<10 { _ = queue.appendPublication(["\(number)"]) }
        #expect(queue.losses == Losses(dropped: 7))
        _ = queue.connected()
        queue.settled()
        #expect(written(queue) == "7 8 9")
    }

    @Test("everything waits for a first connection; when it fails, commands are told and publications kept")
    func opening() {
        let queue = queue(outage: .keep(bytes: 1000), gate: .opening)
        let told = Recorder<Bool>()
        #expect(queue.append(["A"], completion: { _ in told.record(true) }) == .queued)
        #expect(queue.appendPublication(["B"]) == .queued)
        #expect(!queue.connected())
        #expect(written(queue) == "A B")
        for completion in queue.close() { completion(.failure(.connectionLost)) }
        #expect(told.all.count == 1)
        #expect(queue.losses == Losses(unconfirmed: 1))

        let failed = self.queue(outage: .keep(bytes: 1000), gate: .opening)
        _ = failed.appendPublication(["A"])
        _ = failed.append(["B"], completion: { _ in })
        #expect(failed.close().count == 1)
        #expect(failed.keptPublications == 1)
    }

    @Test("too many bytes or commands are refused until there is room again")
    func limits() {
        let small = queue(bytes: 10)
        _ = small.connected()
        #expect(small.append(["0123456789"], completion: nil) == .first)
        #expect(small.append(["A"], completion: nil) == .refused)
        #expect(small.appendPublication(["A"]) == .refused)
        _ = small.take()
        #expect(small.append(["A"], completion: nil) == .first)
        let few = queue(commands: 2)
        _ = few.connected()
        for _ in 0..<2 { _ = few.append(["A"], completion: nil) }
        _ = few.take()
        #expect(few.append(["A"], completion: nil) == .refused)
        _ = few.replied()
        #expect(few.append(["A"], completion: nil) == .first)
    }

    @Test("a lost connection empties the queue and closes the gate")
    func close() {
        let queue = queue()
        _ = queue.connected()
        _ = queue.append(["A"], completion: { _ in })
        _ = queue.appendPublication(["B"])
        #expect(queue.close().count == 1)
        #expect(queue.take() == nil)
        #expect(queue.append(["A"], completion: nil) == .refused)
    }
}

@Suite struct ReplyReaderTests {
    @Test("replies are the same in one piece and byte by byte")
    func pieces() throws {
        let bytes = ByteBuffer(
            string: "+OK\r\n:-7\r\n$3\r\n\0\r\n\r\n$-1\r\n*3\r\n$1\r\na\r\n*-1\r\n*1\r\n:1\r\n-ERR no\r\n*0\r\n")
        let expected: [RedisReply] = [
            .status("OK"), .integer(-7), .bytes(ByteBuffer(string: "\0\r\n")), .null,
            .array([.bytes(ByteBuffer(string: "a")), .null, .array([.integer(1)])]), .error("ERR no"), .array([]),
        ]
        var replies: [RedisReply] = []
        try ReplyReader().feed(bytes) { replies.append($0) }
        #expect(replies == expected)
        replies = []
        let slow = ReplyReader()
        for byte in bytes.readableBytesView { try slow.feed(ByteBuffer(bytes: [byte])) { replies.append($0) } }
        #expect(replies == expected)
    }

    @Test("a string longer than a slice of the reader arrives whole")
    func long() throws {
        let text = String(repeating: "x", count: 100_000)
        var replies: [RedisReply] = []
        try ReplyReader().feed(ByteBuffer(string: "$100000\r\n\(text)\r\n:1\r\n")) { replies.append($0) }
        #expect(replies == [.bytes(ByteBuffer(string: text)), .integer(1)])
    }

    @Test(
        "what is not the protocol is an error",
        arguments: ["hello\r\n", "%1\r\n", ":x\r\n", "$x\r\n", "*99999999999\r\n"])
    func violation(_ text: String) {
        #expect(throws: RedisError.self) { try ReplyReader().feed(ByteBuffer(string: text)) { _ in } }
    }
}

@Suite struct PublicationTests {
    private func publication(_ subscription: Publication.Subscription, _ words: String...) -> Publication {
        let buffers = words.map { ByteBuffer(string: $0) }
        return Publication(
            subscription: subscription, name: buffers[0], channel: buffers[words.count - 2],
            payload: buffers[words.count - 1])
    }

    private func list(_ words: String...) -> String {
        "*\(words.count)\r\n" + words.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()
    }

    private func feed(_ bytes: ByteBuffer, piece: Int) throws -> (published: [Publication], replies: [RedisReply]) {
        let reader = ReplyReader(isSubscription: true)
        var published: [Publication] = []
        var replies: [RedisReply] = []
        var rest = bytes
        while let piece = rest.readSlice(length: min(piece, max(1, rest.readableBytes))) {
            try reader.feed(piece, published: { published.append($0) }) { replies.append($0) }
        }
        return (published, replies)
    }

    @Test(
        "publications and replies come in order, whole or in pieces of any length",
        arguments: [1, 2, 3, 7, 16, 64, 4096, 100_000])
    func pieces(_ piece: Int) throws {
        let long = String(repeating: "\r\n*3\r\n$7\r\nmessage", count: 3_000)
        let text =
            list("subscribe", "c", "1") + list("message", "c", "one") + list("pmessage", "c*", "cd", long)
            + list("pong", "") + "+PONG\r\n" + list("smessage", "s", "") + list("message", "", "two")
            + "*3\r\n$9\r\nsubscribe\r\n$1\r\nd\r\n:2\r\n" + list("message", "d", "three")
        let (published, replies) = try feed(ByteBuffer(string: text), piece: piece)
        let expected = [
            publication(.channel, "c", "one"), publication(.pattern, "c*", "cd", long), publication(.shard, "s", ""),
            publication(.channel, "", "two"), publication(.channel, "d", "three"),
        ]
        #expect(published == expected)
        let words = replies.map { reply in reply.array?.map { $0.text ?? "\($0.integer ?? 0)" } ?? [reply.text ?? ""] }
        #expect(words == [["subscribe", "c", "1"], ["pong", ""], ["PONG"], ["subscribe", "d", "2"]])
    }

    @Test("many confirmations between publications are all read, each once")
    func crowd() throws {
        let text = (0..<2_000).map { list("subscribe", "c\($0)", "1") + list("message", "c\($0)", "\($0)") }.joined()
        let (published, replies) = try feed(ByteBuffer(string: text), piece: 30_000)
        #expect(published.map { String(buffer: $0.payload) } == (0..<2_000).map { "\($0)" })
        #expect(replies.map { $0.array?[1].text } == (0..<2_000).map { "c\($0)" })
    }

    @Test("on a connection for commands the same list is a reply")
    func reply() throws {
        var replies: [RedisReply] = []
        try ReplyReader().feed(
            ByteBuffer(string: list("message", "c", "one")), published: { _ in Issue.record("a publication") }
        ) { replies.append($0) }
        #expect(replies.first?.array?.map(\.text) == ["message", "c", "one"])
    }

    @Test(
        "what only begins like a publication is none",
        arguments: [
            "*3\r\n$7\r\nmessage\r\n:1\r\n", "*3\r\n$7\r\nmessage\r\n$x", "*3\r\n$7\r\nmessage\r\n$-1\r\n",
            "*3\r\n$7\r\nmessage\r\n$99999999999", "*3\r\n$7\r\nmessage\r\n$1\r\nab\r\n", "*3\r\n$7\r\nmessagE",
            "*4\r\n$7", "*3\r\n$7\r\nmessage\r\n$01\r\n", "*33\r\n", "*2\r\n", ":1\r\n", "*3\r\n$7\r\nmessage\r\n$\r\n",
        ])
    func other(_ text: String) {
        var bytes = ByteBuffer(string: text)
        #expect(Publication.take(from: &bytes) == .somethingElse)
        #expect(bytes.readableBytes == text.utf8.count)
    }

    @Test("the beginning of a publication, however short, is not the end of it")
    func incomplete() {
        let text = list("pmessage", "c*", "cd", "payload")
        for length in 0..<text.utf8.count {
            var bytes = ByteBuffer(bytes: text.utf8.prefix(length))
            #expect(Publication.take(from: &bytes) == .incomplete)
        }
    }

    @Test("commands of words, and publications, are written alike")
    func written() {
        let payload = ByteBuffer(repeating: 7, count: 1_234)
        var (words, publication) = (ByteBuffer(), ByteBuffer())
        words.writeCommand(["PUBLISH", "socket.io#/#", .bytes(payload)])
        publication.writeCommand("PUBLISH", "socket.io#/#", payload)
        #expect(words == publication)
        #expect(
            words.readString(length: 46) == "*3\r\n$7\r\nPUBLISH\r\n$12\r\nsocket.io#/#\r\n$1234\r\n\u{7}\u{7}\u{7}")
    }
}
