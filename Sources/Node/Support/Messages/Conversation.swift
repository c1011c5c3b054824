/// Two accounts, whoever of them writes: within a conversation messages are published in the order of their ids.
struct Conversation: Hashable, Sendable {
    private let first: String
    private let second: String

    init(_ one: String, _ other: String) {
        (first, second) = one < other ? (one, other) : (other, one)
    }

    init(of message: StoredMessage) {
        self.init(message.sender, message.recipient)
    }
}
