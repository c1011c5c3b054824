import Adapter
import SocketIO
import SocketServer
import Synchronization

/// Keeps the clients of this node informed of the online count: event `onlineUsers`, a bare integer.
final class OnlineAnnouncer: Sendable {
    private let count: any OnlineCount
    private let namespaces: [Namespace]
    private let environment: Meet.Environment
    private let state: Mutex<OnlineBroadcast>

    init(_ count: any OnlineCount, namespaces: [Namespace], interval: Duration, environment: Meet.Environment) {
        self.count = count
        self.namespaces = namespaces
        self.environment = environment
        state = Mutex(OnlineBroadcast(interval: interval))
    }

    func start() {
        count.start { [self] total in changed(to: total) }
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
        let action = state.withLock { $0.changed(to: max(0, total), now: environment.uptime()) }
        switch action {
        case .broadcast(let total):
            broadcast(total)
        case .schedule(let delay):
            environment.schedule(delay) { [self] in
                broadcast(state.withLock { $0.intervalPassed(now: environment.uptime()) })
            }
        case .none:
            break
        }
    }

    private func broadcast(_ total: Int) {
        for namespace in namespaces { namespace.local.emit("onlineUsers", .int(Int64(total))) }
    }
}
