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
        count.start { [self] total in changed(to: max(0, total)) }
    }

    func attach(to namespace: Namespace) {
        state.withLock { $0.namespaces.append(namespace) }
    }

    /// A socket connected: it gets the value at once, itself included.
    func connected(_ socket: Socket) {
        count.add(1)
        socket.emit("onlineUsers", .int(Int64(current)))
    }

    func disconnected() { count.add(-1) }

    /// The total as known now.
    var current: Int { max(0, count.current) }

    private func changed(to total: Int) {
        let (action, namespaces) = state.withLock { ($0.pace.changed(to: total, now: uptime()), $0.namespaces) }
        switch action {
        case .broadcast(let total):
            broadcast(total, in: namespaces)
        case .schedule(let delay):
            namespaces.first?.schedule(after: delay) { [self] in
                broadcast(state.withLock { $0.pace.intervalPassed(now: uptime()) }, in: namespaces)
            }
        case .none:
            break
        }
    }

    private func broadcast(_ total: Int, in namespaces: [Namespace]) {
        for namespace in namespaces { namespace.local.emit("onlineUsers", .int(Int64(total))) }
    }
}
