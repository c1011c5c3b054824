/// Keeps what a client sent for a former partner from the present one (applications, A.10.1).
///
/// A client that the server paired anew, because its partner went on, may have written before it saw that. So a barrier is
/// raised directly before such a `chatStart`, and until it is passed the client's events count as meant for somebody else.
/// Who asked for a new chat itself since the last one began knows that the old one is over, and needs no barrier; nor does a
/// first chat.
struct Gate: Sendable, Equatable {
    /// Whether the client is known to have seen its latest `chatStart`.
    private(set) var isOpen = true
    private var hadChat = false
    private var hasAsked = false
    private var barrier = 0

    /// The client asked for a new chat, being in none or leaving the one that it is in. Behind a closed gate it may have had
    /// an older one in mind.
    mutating func asked() {
        if isOpen { hasAsked = true }
    }

    /// A chat begins.
    /// - Returns: the number of the barrier that is to be raised before the client hears of it; `nil` for none.
    mutating func chatStarted() -> Int? {
        defer { (hadChat, hasAsked) = (true, false) }
        guard hadChat, !hasAsked else { return nil }
        isOpen = false
        barrier += 1
        return barrier
    }

    /// The number of the barrier that has not been passed; `nil` for none.
    var awaited: Int? { isOpen ? nil : barrier }

    /// A barrier is passed, or counts as passed. Only the latest opens the gate.
    mutating func passed(_ number: Int) {
        if number == barrier { isOpen = true }
    }
}
