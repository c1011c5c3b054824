import Support
import Synchronization

/// Messages and accounts in memory, which can be cut off.
final class MemoryStore: MessageStore, AccountStore {
    private struct State {
        var accounts: [String: Account] = [:]
        var messages: [StoredMessage] = []
        var clientIDs: [String: StoredMessage] = [:]
        var revoked: Set<String> = []
        var isAway = false
    }

    private let state = Mutex(State())
    /// Milliseconds since 1970-01-01 UTC, which every message moves on by one.
    static let start: Int64 = 1_800_000_000_000

    init(users: [String] = ["Ana", "berta"], admins: [String] = ["admin", "Eva"]) {
        state.withLock { state in
            for name in users + admins {
                let role: Account.Role = admins.contains(name) ? .admin : .user
                state.accounts[name.lowercased()] = Account(
                    name: name, displayName: name, role: role, passwordHash: "")
            }
        }
    }

    func cutOff(_ isAway: Bool) { state.withLock { $0.isAway = isAway } }

    private func access<Answer: Sendable>(
        _ body: (inout sending State) throws(StoreError) -> sending Answer
    ) throws(StoreError) -> Answer {
        try state.withLock { state throws(StoreError) in
            if state.isAway { throw .unavailable }
            return try body(&state)
        }
    }

    func append(_ draft: MessageDraft) async throws(StoreError) -> AppendOutcome {
        try access { state throws(StoreError) in
            guard let sender = state.accounts[draft.sender.lowercased()]?.name,
                let recipient = state.accounts[draft.recipient.lowercased()]?.name
            else { throw .unknownAccount }
            let key = draft.clientID.map { sender + "/" + $0 }
            if let key, let earlier = state.clientIDs[key] { return .repeated(earlier) }
            let id = Int64(state.messages.count + 1)
            let message = StoredMessage(
                id: id, from: sender, to: recipient, text: draft.text, milliseconds: Self.start + id)
            state.messages.append(message)
            if let key { state.clientIDs[key] = message }
            return .stored(message)
        }
    }

    func messages(of account: String, _ page: HistoryPage) async throws(StoreError) -> [StoredMessage] {
        try access { state throws(StoreError) in
            let found = state.messages.filter { message in
                [message.sender, message.recipient].contains { $0.lowercased() == account.lowercased() }
                    && message.id > page.after ?? 0 && message.id <= page.upTo ?? .max
            }
            return Array(page.after == nil ? found.suffix(page.limit) : found.prefix(page.limit))
        }
    }

    func conversations() async throws(StoreError) -> [String] {
        try access { state throws(StoreError) in
            let names = state.messages.reversed().flatMap { [$0.sender, $0.recipient] }
            return names.filter { state.accounts[$0.lowercased()]?.role == .user }.reduce(into: []) {
                if !$0.contains($1) { $0.append($1) }
            }
        }
    }

    func removeMessages(before milliseconds: Int64, limit: Int) async throws(StoreError) -> Int {
        try access { state throws(StoreError) in
            let old = state.messages.prefix { $0.milliseconds < milliseconds }.prefix(limit).count
            state.messages.removeFirst(old)
            return old
        }
    }

    func account(named name: String) async throws(StoreError) -> Account? {
        try access { state throws(StoreError) in state.accounts[name.lowercased()] }
    }

    func create(_ account: Account) async throws(StoreError) {
        try access { state throws(StoreError) in
            guard state.accounts[account.name.lowercased()] == nil else { throw .duplicate }
            state.accounts[account.name.lowercased()] = account
        }
    }

    func setRole(_ role: Account.Role, of name: String) async throws(StoreError) -> Bool {
        try access { state throws(StoreError) in
            state.accounts[name.lowercased()]?.role = role
            return state.accounts[name.lowercased()] != nil
        }
    }

    func remove(account name: String) async throws(StoreError) -> Bool {
        try access { state throws(StoreError) in state.accounts.removeValue(forKey: name.lowercased()) != nil }
    }

    func revoke(session: String, until expiry: Int64) async throws(StoreError) {
        try access { state throws(StoreError) in _ = state.revoked.insert(session) }
    }

    func isRevoked(session: String) async throws(StoreError) -> Bool {
        try access { state throws(StoreError) in state.revoked.contains(session) }
    }
}
