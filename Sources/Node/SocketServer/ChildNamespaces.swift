import Adapter
import Cluster
import SocketIO
import Synchronization

/// The namespaces of a parent that exist, and at the same time the parent's adapter: what is done with everybody in the
/// parent is done with everybody in each of them, on all nodes.
final class ChildNamespaces: ClusterAdapter {
    private let byName = Mutex<[String: Namespace]>([:])

    /// Those that exist now.
    var all: [Namespace] { byName.withLock { Array($0.values) } }

    func add(_ child: Namespace) { byName.withLock { $0[child.name] = child } }

    func remove(_ child: Namespace) { byName.withLock { $0[child.name] = nil } }

    // MARK: As an adapter

    func start(_ local: any LocalSockets) {}

    func stop() {}

    func publish(_ arguments: Arguments, to options: BroadcastOptions) {
        for child in all { child.send(arguments, to: options) }
    }

    func publishExpectingAcknowledgements(
        _ arguments: Arguments, to options: BroadcastOptions, timeout: Duration
    ) async -> ClusterAnswer<Value> {
        await merged { await $0.ask(arguments, to: options, timeout: timeout) }
    }

    func fetchSockets(_ options: BroadcastOptions) async -> ClusterAnswer<RemoteSocket> {
        await merged { await $0.fetchSockets(options) }
    }

    func allRooms() async -> ClusterAnswer<String> { await merged { await $0.allRooms() } }

    func join(_ rooms: [String], _ options: BroadcastOptions) {
        for child in all { BroadcastOperator(namespace: child, options: options).socketsJoin(rooms) }
    }

    func leave(_ rooms: [String], _ options: BroadcastOptions) {
        for child in all { BroadcastOperator(namespace: child, options: options).socketsLeave(rooms) }
    }

    func disconnect(_ options: BroadcastOptions, close: Bool) {
        for child in all { BroadcastOperator(namespace: child, options: options).disconnectSockets(close: close) }
    }

    func serverSideEmit(_ arguments: Arguments) {
        for child in all { child.adapter.serverSideEmit(arguments) }
    }

    func serverSideEmit(_ arguments: Arguments, timeout: Duration) async -> ClusterAnswer<Value> {
        await merged { await $0.adapter.serverSideEmit(arguments, timeout: timeout) }
    }

    /// The most nodes that any of them is on.
    func serverCount() async -> Int {
        await withTaskGroup(of: Int.self) { group in
            for child in all { group.addTask { await child.adapter.serverCount() } }
            return await group.reduce(1, max)
        }
    }

    private func merged<Element: Sendable>(
        _ ask: @escaping @Sendable (Namespace) async -> ClusterAnswer<Element>
    ) async -> ClusterAnswer<Element> {
        await withTaskGroup(of: ClusterAnswer<Element>.self) { group in
            for child in all { group.addTask { await ask(child) } }
            return await group.reduce(ClusterAnswer()) { $0.merged(with: $1) }
        }
    }
}
