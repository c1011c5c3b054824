/// Why a store did not do what it was asked.
public enum StoreError: Error, Sendable, Equatable {
    /// The database cannot be reached, is busy for too long, or refused for a reason of its own. Nothing may be assumed to
    /// have been stored; trying again later may succeed.
    case unavailable
    /// Sender or recipient of a message is not an account.
    case unknownAccount
    /// There is an account of that name already, perhaps in other letters of case.
    case duplicate
}
