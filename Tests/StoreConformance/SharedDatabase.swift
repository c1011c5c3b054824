public import Support

/// An empty database that two nodes have open.
public struct SharedDatabase: Sendable {
    /// The store of the first node.
    public let one: any SupportStore
    /// The store of the second node.
    public let two: any SupportStore
    /// Makes every stored message older, behind the back of the stores.
    public let age: @Sendable (Duration) async throws -> Void

    /// Joins two stores.
    /// - Parameters:
    ///   - one: the store of the first node.
    ///   - two: the store of the second node.
    ///   - age: makes every stored message older.
    public init(
        one: any SupportStore, two: any SupportStore, age: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.one = one
        self.two = two
        self.age = age
    }

    /// Adds an administrator `admin` and the users `Ana` and `Bea`.
    /// - Throws: `StoreError`.
    public func addPeople() async throws(StoreError) {
        try await one.create(.example("admin", role: .admin))
        try await one.create(.example("Ana"))
        try await one.create(.example("Bea"))
    }

    /// Stores a message at the first node.
    /// - Parameters:
    ///   - sender: who sends it.
    ///   - recipient: whom it is for.
    ///   - text: what it says.
    ///   - clientID: what the client calls it; default: nothing.
    /// - Returns: the stored message.
    /// - Throws: `StoreError`.
    @discardableResult
    public func send(
        _ sender: String, _ recipient: String, _ text: String, clientID: String? = nil
    ) async throws(StoreError) -> StoredMessage {
        try await one.append(MessageDraft(from: sender, to: recipient, text: text, clientID: clientID)).message
    }
}

extension AppendOutcome {
    /// The message, stored now or before.
    public var message: StoredMessage {
        switch self {
        case .stored(let message), .repeated(let message): message
        }
    }

    /// Whether it is stored now.
    public var isNew: Bool {
        if case .stored = self { true } else { false }
    }
}

extension Account {
    /// An account to try things with.
    /// - Parameters:
    ///   - name: its name.
    ///   - role: what it may do; default: a user.
    /// - Returns: the account.
    public static func example(_ name: String, role: Role = .user) -> Account {
        Account(name: name, displayName: "\(name) Pérez", role: role, passwordHash: "$2b$08$\(name)")
    }
}
