import Figures
import Synchronization

/// A number that any thread may change and read.
final class Counter: Sendable {
    private let number = Atomic<Int>(0)

    func add(_ difference: Int = 1) {
        number.wrappingAdd(difference, ordering: .relaxed)
    }

    var value: Int { number.load(ordering: .relaxed) }
}

/// What the gateway counts; any thread may count and read.
final class Counters: Sendable {
    /// Why a request or a tunnel did not come to its end.
    enum Failure: String, CaseIterable {
        case badRequest = "bad_request"
        case headTooLarge = "head_too_large"
        case bodyTooLarge = "body_too_large"
        case clientTimeout = "client_timeout"
        case clientAborted = "client_aborted"
        case unknownSession = "unknown_session"
        case noNode = "no_node"
        case nodeFailed = "node_failed"
        case nodeTimeout = "node_timeout"
        case nodeDied = "node_died"
        case tooManyConnections = "too_many_connections"
    }

    let requests = Counter()
    let upgrades = Counter()
    let retries = Counter()
    let nodeConnections = Counter()
    let bytesFromClients = Counter()
    let bytesToClients = Counter()
    /// Times until nodes answered handshakes.
    let handshakes = SharedHistogram(.work)
    /// Now open.
    let clients = Counter()
    /// Now open.
    let tunnels = Counter()
    private let failures = Mutex<[Failure: Int]>([:])

    func failed(_ failure: Failure) {
        failures.withLock { $0[failure, default: 0] += 1 }
    }

    /// How often each failure happened, those that did not included.
    var failureCounts: [(failure: Failure, count: Int)] {
        failures.withLock { counts in Failure.allCases.map { ($0, counts[$0] ?? 0) } }
    }
}
