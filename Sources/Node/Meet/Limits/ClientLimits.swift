import Adapter
import EngineIO
import SocketServer

/// How often clients may do what, over all nodes (applications, C.3). Each kind of event has an allowance of its own.
final class ClientLimits: Sendable {
    /// What is limited together.
    enum Kind: CaseIterable {
        /// `sendMessage`
        case message
        /// `findChat`, `next`, `leaveChat`
        case find
        /// `ready-to-connect`, offers, answers and candidates
        case signal
    }

    private let messages: RateAllowances?
    private let finds: RateAllowances?
    private let signals: RateAllowances?

    init(
        _ rates: MeetConfiguration.Rates, limiter: any RateLimiter, uptime: @escaping @Sendable () -> Duration,
        nodes: @escaping @Sendable () -> Int
    ) {
        func table(_ name: String, _ limit: RateLimit?) -> RateAllowances? {
            limit.map { limit in
                let quota = RateQuota(burst: limit.burst, refill: .seconds(1) / limit.perSecond)
                return RateAllowances("meet/\(name)", quota, limiter: limiter, now: uptime, nodes: nodes)
            }
        }
        messages = table("message", rates.messages)
        finds = table("find", rates.finds)
        signals = table("signal", rates.signals)
    }

    /// Settles with the other nodes, until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            for table in [messages, finds, signals] { if let table { group.addTask { await table.run() } } }
        }
    }

    /// Counts an event of a client: for its account, or for its address if it has none.
    /// - Returns: whether it may have its effect.
    func allows(_ kind: Kind, _ socket: Socket) -> Bool {
        guard let table = self[kind], let seat = socket.seat else { return true }
        let allowance = seat.allowance(kind) {
            table.allowance(of: Self.key(user: seat.identity?.userID, address: socket.handshake.address))
        }
        return allowance.take()
    }

    private subscript(_ kind: Kind) -> RateAllowances? {
        switch kind {
        case .message: messages
        case .find: finds
        case .signal: signals
        }
    }

    /// Names an account by the first 128 bytes of its id, an address by what one customer of a provider usually has.
    static func key(user: String?, address: String) -> String {
        if let user { return "user/" + String(decoding: user.utf8.prefix(128), as: UTF8.self) }
        return "address/\(IPAddress(address)?.site.description ?? String(address.prefix(64)))"
    }
}
