import Adapter
import Cluster
import NIOCore
import SocketIO
import Synchronization

/// An adapter without other nodes that notes what it was asked, and answers what it was told.
final class RecordingAdapter: ClusterAdapter, AdapterFactory {
    /// What the other nodes would answer.
    struct Remote: Sendable {
        var values: [Value] = []
        var sockets: [RemoteSocket] = []
        var rooms: [String] = []
        var nodes = 1
        var missing = 0
    }

    private let calls = Mutex<[String]>([])
    private let remote: Remote
    let roomFollower: (any RoomFollower)?

    init(_ remote: Remote = Remote(), roomFollower: (any RoomFollower)? = nil) {
        self.remote = remote
        self.roomFollower = roomFollower
    }

    /// What was called since the last look.
    func takeCalls() -> [String] {
        calls.withLock { calls in
            defer { calls = [] }
            return calls
        }
    }

    private func note(_ call: String) { calls.withLock { $0.append(call) } }

    private func describe(_ options: BroadcastOptions) -> String {
        var text = "rooms=\(options.rooms) except=\(options.except)"
        if options.flags.volatile { text += " volatile" }
        if let compress = options.flags.compress { text += " compress=\(compress)" }
        return text
    }

    func makeAdapter(namespace: String) -> any ClusterAdapter { self }

    func start(_ local: any LocalSockets) { note("start \(local.namespaceName)") }

    func stop() { note("stop") }

    func publish(_ arguments: Arguments, to options: BroadcastOptions) {
        note("publish [\(String(buffer: arguments.json))] \(describe(options))")
    }

    func publishExpectingAcknowledgements(
        _ arguments: Arguments, to options: BroadcastOptions, timeout: Duration
    ) async -> ClusterAnswer<Value> {
        note("ask [\(String(buffer: arguments.json))] \(describe(options)) \(timeout)")
        return ClusterAnswer(
            elements: remote.values, expected: remote.values.count + remote.missing, missing: remote.missing)
    }

    func fetchSockets(_ options: BroadcastOptions) async -> ClusterAnswer<RemoteSocket> {
        note("fetch \(describe(options))")
        return ClusterAnswer(elements: remote.sockets, expected: remote.nodes - 1, missing: remote.missing)
    }

    func allRooms() async -> ClusterAnswer<String> {
        note("allRooms")
        return ClusterAnswer(elements: remote.rooms, expected: remote.nodes - 1, missing: remote.missing)
    }

    func join(_ rooms: [String], _ options: BroadcastOptions) { note("join \(rooms) \(describe(options))") }

    func leave(_ rooms: [String], _ options: BroadcastOptions) { note("leave \(rooms) \(describe(options))") }

    func disconnect(_ options: BroadcastOptions, close: Bool) { note("disconnect close=\(close) \(describe(options))") }

    func serverSideEmit(_ arguments: Arguments) { note("emit [\(String(buffer: arguments.json))]") }

    func serverSideEmit(_ arguments: Arguments, timeout: Duration) async -> ClusterAnswer<Value> {
        note("emit [\(String(buffer: arguments.json))] \(timeout)")
        return ClusterAnswer(elements: remote.values, expected: remote.nodes - 1, missing: remote.missing)
    }

    func serverCount() async -> Int { remote.nodes }
}
