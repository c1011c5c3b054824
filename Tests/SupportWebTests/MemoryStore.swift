import Support
import Synchronization

/// Both stores in memory; `isAway` makes every call fail.
final class MemoryStore: AccountStore, MessageStore {
    private struct State {
        var accounts: [String: Account] = [:]
        var messages: [StoredMessage] = []
        var revoked: [String: Int64] = [:]
        var isAway = false
    }

    private let state = Mutex(State())

    var isAway: Bool {
        get { state.withLock { $0.isAway } }
        set { state.withLock { $0.isAway = newValue } }
    }

    var revoked: [String: Int64] { state.withLock { $0.revoked } }

    private func here<Result>(_ body: (inout sending State) throws(StoreError) -> sending Result) throws(StoreError)
        -> sending Result
    {
        try state.withLock { state throws(StoreError) in
            guard !state.isAway else { throw .unavailable }
            return try body(&state)
        }
    }

    // MARK: Accounts

    func account(named name: String) async throws(StoreError) -> Account? {
        try here { $0.accounts[name.lowercased()] }
    }

    func create(_ account: Account) async throws(StoreError) {
        try here { state throws(StoreError) in
            guard state.accounts[account.name.lowercased()] == nil else { throw .duplicate }
            state.accounts[account.name.lowercased()] = account
        }
    }

    func setRole(_ role: Account.Role, of name: String) async throws(StoreError) -> Bool {
        try here { state in
            guard var account = state.accounts[name.lowercased()] else { return false }
            account.role = role
            state.accounts[name.lowercased()] = account
            return true
        }
    }

    func remove(account name: String) async throws(StoreError) -> Bool {
        try here { $0.accounts.removeValue(forKey: name.lowercased()) != nil }
    }

    func revoke(session: String, until expiry: Int64) async throws(StoreError) {
        try here { $0.revoked[session] = expiry }
    }

    func isRevoked(session: String) async throws(StoreError) -> Bool {
        try here { $0.revoked[session] != nil }
    }

    // MARK: Messages

    func append(_ draft: MessageDraft) async throws(StoreError) -> AppendOutcome {
        try here { state in
            let message = StoredMessage(
                id: Int64(state.messages.count + 1), from: draft.sender, to: draft.recipient, text: draft.text,
                milliseconds: 1_700_000_000_000 + Int64(state.messages.count))
            state.messages.append(message)
            return .stored(message)
        }
    }

    func messages(of account: String, _ page: HistoryPage) async throws(StoreError) -> [StoredMessage] {
        try here { state in
            let found = state.messages.filter { message in
                [message.sender, message.recipient].contains { $0.lowercased() == account.lowercased() }
                    && message.id > page.after ?? .min && message.id <= page.upTo ?? .max
            }
            return page.after == nil ? found.suffix(page.limit) : Array(found.prefix(page.limit))
        }
    }

    func conversations() async throws(StoreError) -> [String] {
        try here { state in
            var names: [String] = []
            for message in state.messages.reversed() {
                for name in [message.sender, message.recipient]
                where state.accounts[name.lowercased()]?.role == .user && !names.contains(name) {
                    names.append(name)
                }
            }
            return names
        }
    }

    func removeMessages(before milliseconds: Int64, limit: Int) async throws(StoreError) -> Int { 0 }
}
