import Adapter
import SocketServer
import Synchronization

/// What a socket keeps of *meet*: its participant, and who it is.
final class Seat: Sendable {
    private struct Content {
        var participant: Participant
        /// When it asked for a partner, until it has one.
        var asked: Duration?
        /// Whether it is counted among those who wait and chat: until its socket is gone.
        var isCounted = true
    }

    let identity: Identity?
    /// Used on the socket's loop only, so never contended; the lock proves to the compiler what the loop guarantees.
    private let content: Mutex<Content>
    private let figures: PairingFigures
    /// What it has used, by kind. The same lock, for the same reason.
    private let allowances = Mutex<[ClientLimits.Kind: RateAllowance]>([:])

    init(_ participant: Participant, identity: Identity?, figures: PairingFigures) {
        content = Mutex(Content(participant: participant))
        self.identity = identity
        self.figures = figures
        let phase = participant.phase
        if phase != .idle { figures.changed(participant.id, from: .idle, to: phase, asked: nil) }
    }

    /// Asks or changes the participant.
    func update<Result: Sendable, Failure: Error>(
        _ body: (inout Participant) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try content.withLock { content throws(Failure) in
            let phase = content.participant.phase
            defer { count(&content, after: phase) }
            return try body(&content.participant)
        }
    }

    /// It asks for a partner. Who waits already has asked before.
    func asks() {
        content.withLock { content in
            if content.participant.phase != .waiting { content.asked = figures.now }
        }
    }

    /// Its socket is gone.
    /// - Returns: the participant.
    func leave() -> Participant {
        content.withLock { content in
            figures.changed(content.participant.id, from: content.participant.phase, to: .idle, asked: nil)
            content.isCounted = false
            return content.participant
        }
    }

    private func count(_ content: inout Content, after phase: PairingFigures.Phase) {
        let next = content.participant.phase
        guard next != phase, content.isCounted else { return }
        figures.changed(content.participant.id, from: phase, to: next, asked: content.asked)
        if next != .waiting { content.asked = nil }
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
