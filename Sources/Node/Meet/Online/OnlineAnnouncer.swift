import Adapter
import SocketIO
import SocketServer
import Synchronization

/// Keeps the clients of this node informed of the online count: event `onlineUsers`, a bare integer.
final class OnlineAnnouncer: Sendable {
    private let count: any OnlineCount
    private let uptime: @Sendable () -> Duration
    private let state: Mutex<State>

    private struct State {
        var pace: OnlineBroadcast
        var namespaces: [Namespace] = []
    }

    init(_ count: any OnlineCount, interval: Duration, uptime: @escaping @Sendable () -> Duration) {
        self.count = count
        self.uptime = uptime
        state = Mutex(State(pace: OnlineBroadcast(interval: interval)))
    }

    func start() {
        count.start { [self] _ in changed() }
    }

    func attach(to namespace: Namespace) {
        state.withLock { $0.namespaces.append(namespace) }
    }

    /// A socket connected: it gets the value at once, itself included.
    func connected(_ socket: Socket) {
        count.add(1)
        socket.emit("onlineUsers", .int(Int64(current)))
        // The count reports its changes, but may merge a connect and a disconnect into none.
        changed()
    }

    func disconnected() {
        count.add(-1)
        changed()
    }

    /// The total as known now.
    var current: Int { max(0, count.current) }

    private func changed() {
        let (action, namespaces) = state.withLock { ($0.pace.changed(now: uptime()), $0.namespaces) }
        switch action {
        case .broadcast:
            broadcast(in: namespaces)
        case .schedule(let delay):
            namespaces.first?.schedule(after: delay) { [self] in
                state.withLock { $0.pace.intervalPassed(now: uptime()) }
                broadcast(in: namespaces)
            }
        case .none:
            break
        }
    }

    private func broadcast(in namespaces: [Namespace]) {
        let total = Value.int(Int64(current))
        for namespace in namespaces { namespace.local.emit("onlineUsers", total) }
    }
}
