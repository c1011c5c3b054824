import SocketServer
import Synchronization

/// What a socket keeps of *meet*: its participant, and who it is.
final class Seat: Sendable {
    let identity: Identity?
    /// Used on the socket's loop only, so never contended; the lock proves to the compiler what the loop guarantees.
    private let participant: Mutex<Participant>

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

extension Socket {
    /// The seat; there is one from the moment that the socket is connected.
    var seat: Seat? { storage[SeatKey.self] }
}

/// Where a socket keeps its seat.
enum SeatKey: StorageKey { typealias Value = Seat }
/// How authentication hands over who a socket is.
enum IdentityKey: StorageKey { typealias Value = Identity }
