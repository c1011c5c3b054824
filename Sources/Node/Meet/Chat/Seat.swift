import Adapter
import SocketServer
import Synchronization

/// What a socket keeps of *meet*: its participant, and who it is.
final class Seat: Sendable {
    let identity: Identity?
    /// Used on the socket's loop only, so never contended; the lock proves to the compiler what the loop guarantees.
    private let participant: Mutex<Participant>
    /// What it has used, by kind. The same lock, for the same reason.
    private let allowances = Mutex<[ClientLimits.Kind: RateAllowance]>([:])

    init(_ participant: Participant, identity: Identity?) {
        self.participant = Mutex(participant)
        self.identity = identity
    }

    /// Asks or changes the participant.
    func update<Result: Sendable, Failure: Error>(
        _ body: (inout Participant) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try participant.withLock { participant throws(Failure) in try body(&participant) }
    }
}

extension Seat {
    /// The allowance for one kind of event, looked up when the first such event comes.
    func allowance(_ kind: ClientLimits.Kind, _ find: () -> RateAllowance) -> RateAllowance {
        allowances.withLock { allowances in
            if let known = allowances[kind] { return known }
            let found = find()
            allowances[kind] = found
            return found
        }
    }
}

extension Socket {
    /// The seat; there is one from the moment that the socket is connected.
    var seat: Seat? { storage[SeatKey.self] }
}

/// Where a socket keeps its seat.
enum SeatKey: StorageKey { typealias Value = Seat }
/// How authentication hands over who a socket is.
enum IdentityKey: StorageKey { typealias Value = Identity }
