import Cluster
import Logging
import NIOCore
import NIOPosix
import RedisAdapter

/// What is measured: goes on by itself once it was started.
protocol Load: Sendable {
    /// How many operations were completed since the start.
    var completed: Int { get }
    /// Begins.
    func start() async throws
    /// Begins to note latencies, or lets go of those it noted.
    func reset()
    /// Ends, and says what else is to be printed.
    func stop() async throws -> [(name: String, value: String)]
}

/// The nodes of a measurement and the clock.
struct Bench: Sendable {
    /// One node: its connections and its lease.
    struct Node: Sendable {
        let redis: RedisClient
        let membership: NodeMembership
    }

    let nodes: [Node]
    let loop: any EventLoop
    private let seconds: Double

    init(_ options: BenchOptions) throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        self.loop = loop
        seconds = options.seconds
        var logger = Logger(label: "switchboard-adapterbench")
        logger.logLevel = .error
        let configuration = try RedisConfiguration(url: options.redis)
        // Every run has names of its own in Redis.
        var random = SystemRandomNumberGenerator()
        var membership = MembershipConfiguration()
        membership.keys = KeySpace(prefix: "bench-" + NodeTag.characters(8, using: &random))
        nodes = (0..<options.nodes).map { [logger, membership] _ in
            var random = SystemRandomNumberGenerator()
            let redis = RedisClient(configuration: configuration, loop: loop, logger: logger)
            return Node(
                redis: redis,
                membership: NodeMembership(
                    redis: redis, tag: NodeTag(using: &random), configuration: membership, logger: logger))
        }
    }

    /// Runs the nodes while the body runs.
    func run(_ body: (Bench) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for node in nodes {
                tasks.addTask { try await node.redis.run() }
                tasks.addTask { try await node.membership.run() }
            }
            for node in nodes {
                try await node.redis.waitUntilConnected(within: .seconds(10))
                try await node.membership.waitUntilJoined(within: .seconds(10))
            }
            try await body(self)
            tasks.cancelAll()
        }
    }

    /// Measures a load and prints what it cost.
    func measure(_ labels: KeyValuePairs<String, String>, _ load: some Load) async throws {
        try await load.start()
        try await Task.sleep(for: .seconds(seconds / 5))
        load.reset()
        let before = try await sample(load)
        try await Task.sleep(for: .seconds(seconds))
        let after = try await sample(load)
        let results = try await load.stop()
        let count = Double(max(1, after.completed - before.completed))
        var fields = labels.map { ($0.key, $0.key == "scenario" ? "\"\($0.value)\"" : $0.value) }
        fields += [
            ("nodes", "\(nodes.count)"), ("operations", "\(after.completed - before.completed)"),
            ("per_second", "\((count / (after.time - before.time)).rounded())"),
            ("cpu_us_per_operation", Self.rounded((after.cpu - before.cpu) * 1e6 / count)),
            ("redis_cpu_us_per_operation", Self.rounded((after.redis - before.redis) * 1e6 / count)),
        ]
        print("{" + (fields + results).map { "\"\($0.0)\": \($0.1)" }.joined(separator: ", ") + "}")
    }

    static func rounded(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }

    private func sample(_ load: some Load) async throws -> Sample {
        let redis = try await redisProcessorTime()
        return Sample(
            completed: load.completed, time: Double(NIODeadline.now().uptimeNanoseconds) / 1e9,
            cpu: ProcessorTime.ofThisProcess, redis: redis)
    }

    /// Seconds of processor time that Redis has used.
    private func redisProcessorTime() async throws -> Double {
        let text = try await nodes[0].redis.command(["INFO", "cpu"]).text ?? ""
        let values = text.split(whereSeparator: \.isNewline).compactMap { line -> Double? in
            let parts = line.split(separator: ":")
            guard parts.count == 2, ["used_cpu_sys", "used_cpu_user"].contains(parts[0]) else { return nil }
            return Double(parts[1])
        }
        return values.reduce(0, +)
    }

    private struct Sample {
        var completed: Int
        var time: Double
        var cpu: Double
        var redis: Double
    }
}
