/// A message of the support chat that is to be stored.
public struct MessageDraft: Sendable, Equatable {
    /// Name of the account that sends it.
    public var sender: String
    /// Name of the account that it is for.
    public var recipient: String
    /// The text, at most 65,535 bytes of UTF-8.
    public var text: String
    /// What the client calls this message, at most 64 characters: within 24 hours a sender's second draft with the same
    /// name is the first one again (applications, B.5.4).
    public var clientID: String?

    /// Describes a message.
    public init(from sender: String, to recipient: String, text: String, clientID: String? = nil) {
        self.sender = sender
        self.recipient = recipient
        self.text = text
        self.clientID = clientID
    }
}

/// A message of the support chat that is stored: a row of the table `mensajes` (applications, B.6).
public struct StoredMessage: Sendable, Equatable {
    /// Grows with every message, in the order of their commits within a conversation.
    public var id: Int64
    /// Name of the account that sent it.
    public var sender: String
    /// Name of the account that it is for.
    public var recipient: String
    /// The text as it was sent.
    public var text: String
    /// When it was stored, in milliseconds since 1970-01-01 UTC by the store's clock.
    public var milliseconds: Int64

    /// Describes a stored message.
    public init(id: Int64, from sender: String, to recipient: String, text: String, milliseconds: Int64) {
        self.id = id
        self.sender = sender
        self.recipient = recipient
        self.text = text
        self.milliseconds = milliseconds
    }
}

/// What became of a draft.
public enum AppendOutcome: Sendable, Equatable {
    /// It is stored.
    case stored(StoredMessage)
    /// The sender had stored it before, under the same client id: nothing was changed. Whoever gets this emits nothing.
    case repeated(StoredMessage)
}

/// Which part of a history.
public struct HistoryPage: Sendable, Equatable {
    /// Only messages whose id is larger.
    public var after: Int64?
    /// Only messages whose id is at most this.
    public var upTo: Int64?
    /// Most messages: with ``after`` the oldest of those that fit, otherwise the newest.
    public var limit: Int

    /// Describes a part.
    public init(after: Int64? = nil, upTo: Int64? = nil, limit: Int) {
        self.after = after
        self.upTo = upTo
        self.limit = limit
    }
}
