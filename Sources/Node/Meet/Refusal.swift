import SocketIO

/// Why a client's event had no effect, as its acknowledgement says: `{ok:false, code, message}`
/// (applications, A.13). Clients should treat codes they do not know like `invalid_payload`.
public enum Refusal: String, Error, Sendable, CaseIterable {
    /// An argument is missing or has the wrong type, or the event does not exist. Do not repeat it.
    case invalidPayload = "invalid_payload"
    /// The sender is in no chat (any more). Wait for `chatStart`.
    case notPaired = "not_paired"
    /// The payload is longer than allowed. Shorten it.
    case tooLarge = "too_large"
    /// It was meant for a former partner: the `pairId` given is not that of the current chat, or it was sent before the
    /// client saw the `chatStart` of that chat.
    case stalePair = "stale_pair"
    /// The account, or the address, does this too often. Wait a little, and repeat it.
    case rateLimited = "rate_limited"
    /// `findChat` named a pool that the server does not have. Nothing was changed; do not repeat it.
    case unknownPool = "unknown_pool"
    /// The partner has lost its connection, and as much is kept for it as may be: try again after `partnerBack`.
    case partnerAway = "partner_away"
    /// The shared store cannot be reached. The server goes on trying for a participant that wants to wait.
    case unavailable = "unavailable"

    /// One sentence for the person who writes the client.
    public var message: String {
        switch self {
        case .invalidPayload: "The event does not exist or its arguments are not as documented"
        case .notPaired: "There is no chat to send this to"
        case .tooLarge: "The payload is longer than allowed"
        case .stalePair: "This was meant for a former partner"
        case .rateLimited: "Too many of these; wait a little"
        case .unknownPool: "There is no pool of this name"
        case .partnerAway: "The partner is away, and no more is kept for it"
        case .unavailable: "Pairing is not possible at the moment"
        }
    }

    /// The acknowledgement.
    var value: Value { ["ok": false, "code": .string(rawValue), "message": .string(message)] }
}
