import Adapter
import Cluster
import NIOCore
import RedisAdapter
import SocketIO
import Synchronization

/// Broadcasts of the first node to a room of the others. With a rate, latency counts from when an event should have been
/// sent.
final class EventLoad: Load {
    private static let room = "measured"

    private struct State {
        var isRunning = false
        var sent = 0
        var completed = 0
        var dueTimes = CircularBuffer<NIODeadline>()
        var latencies: [Int64] = []
        var nextDue = NIODeadline.now()
    }

    private let state = Mutex(State())
    private let loop: any EventLoop
    private let sender: any ClusterAdapter
    private let receivers: [any ClusterAdapter]
    private let isNarrow: Bool
    private let redis: RedisClient
    private let arguments: Arguments
    private let interval: TimeAmount?
    private let window: Int

    init(_ command: EventsCommand, _ bench: Bench) {
        loop = bench.loop
        redis = bench.nodes[0].redis
        let adapters = bench.nodes.map { node in
            let factory: any AdapterFactory =
                command.sharded
                ? ShardedAdapterFactory(bus: RedisShardBus(node.redis))
                : ClassicAdapterFactory(bus: RedisBus(node.redis))
            return factory.makeAdapter(namespace: "/")
        }
        sender = adapters[0]
        receivers = Array(adapters.dropFirst())
        isNarrow = command.narrow
        arguments = Arguments("b", .string(String(repeating: "x", count: command.payload)))
        interval = command.rate > 0 ? .nanoseconds(1_000_000_000 / Int64(command.rate)) : nil
        window = command.window
    }

    var completed: Int { state.withLock { $0.completed } }

    func start() async throws {
        sender.start(CountingSockets(room: nil))
        for (index, receiver) in receivers.enumerated() {
            // Events arrive everywhere at about the same time; the first receiver's clock counts.
            let sockets =
                index == 0
                ? CountingSockets(room: Self.room) { [weak self] in self?.arrived() }
                : CountingSockets(room: isNarrow ? nil : Self.room)
            receiver.start(sockets)
            if sockets.mayHaveMembers(of: Self.room) { receiver.roomFollower?.occupied(Self.room) }
        }
        while await sender.serverCount() <= receivers.count { try await Task.sleep(for: .milliseconds(10)) }
        // The subscription of the room is on its way, too.
        try await Task.sleep(for: .milliseconds(200))
        state.withLock { state in
            state.isRunning = true
            state.nextDue = .now()
        }
        loop.execute { self.interval == nil ? self.fill() : self.tick() }
    }

    func reset() { state.withLock { $0.latencies = [] } }

    func stop() async throws -> [(name: String, value: String)] {
        let latencies = state.withLock { state in
            state.isRunning = false
            return state.latencies.sorted()
        }
        func percentile(_ part: Double) -> String {
            guard !latencies.isEmpty else { return "0" }
            return Bench.rounded(Double(latencies[Int(Double(latencies.count - 1) * part)]) / 1000)
        }
        return [
            ("p50_us", percentile(0.5)), ("p99_us", percentile(0.99)), ("max_us", percentile(1)),
            ("dropped", "\(redis.droppedPublications)"),
        ]
    }

    private func send(due: NIODeadline) {
        state.withLock { state in
            state.sent += 1
            state.dueTimes.append(due)
        }
        sender.publish(arguments, to: BroadcastOptions(rooms: [Self.room]))
    }

    private func arrived() {
        let now = NIODeadline.now()
        let mustFill = state.withLock { state in
            state.completed += 1
            if let due = state.dueTimes.popFirst() { state.latencies.append((now - due).nanoseconds) }
            return interval == nil && state.isRunning && state.sent - state.completed == window / 2
        }
        if mustFill { loop.execute { self.fill() } }
    }

    /// Sends until as many are on their way as may be.
    private func fill() {
        let missing = state.withLock { window - ($0.sent - $0.completed) }
        for _ in 0..<max(0, missing) { send(due: .now()) }
    }

    /// Sends what is due, and comes back.
    private func tick() {
        guard let interval else { return }
        let now = NIODeadline.now()
        while let due = state.withLock({ state -> NIODeadline? in
            guard state.isRunning, state.nextDue <= now else { return nil }
            defer { state.nextDue = state.nextDue + interval }
            return state.nextDue
        }) { send(due: due) }
        guard state.withLock({ $0.isRunning }) else { return }
        loop.scheduleTask(in: .microseconds(500)) { self.tick() }
    }
}

/// A namespace with one room, which counts what it is given.
private final class CountingSockets: LocalSockets {
    let namespaceName = "/"
    private let room: String?
    private let arrived: @Sendable () -> Void

    init(room: String?, arrived: @escaping @Sendable () -> Void = {}) {
        self.room = room
        self.arrived = arrived
    }

    func mayHaveMembers(of room: String) -> Bool { room == self.room }
    func deliver(_ arguments: Arguments, to options: BroadcastOptions) { arrived() }
    func deliverExpectingAcknowledgements(
        _ arguments: Arguments, to options: BroadcastOptions, timeout: Duration,
        clientCount: @escaping @Sendable (Int) -> Void, acknowledgement: @escaping @Sendable (Value) -> Void
    ) { clientCount(0) }
    func fetch(_ options: BroadcastOptions, completion: @escaping @Sendable ([RemoteSocket]) -> Void) { completion([]) }
    func rooms(completion: @escaping @Sendable (Set<String>) -> Void) { completion([]) }
    func join(_ rooms: [String], _ options: BroadcastOptions) {}
    func leave(_ rooms: [String], _ options: BroadcastOptions) {}
    func disconnect(_ options: BroadcastOptions, close: Bool) {}
    func receivedServerSide(_ arguments: Arguments, acknowledge: (@Sendable (Value) -> Void)?) {}
}
