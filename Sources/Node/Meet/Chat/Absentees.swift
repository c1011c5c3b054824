import SocketServer
import Synchronization

/// The participants of this node that lost their connection and may come back, and those that are about to.
///
/// There is no socket meanwhile; what reaches them here is sent in such a way that connection state recovery keeps it. An
/// absentee is forgotten when its time is over, so their number is bounded by how many connections are lost in that time.
final class Absentees: Sendable {
    /// One of them.
    struct Absentee: Sendable {
        var participant: Participant
        let namespace: Namespace
        /// Distinguishes its absences.
        let number: Int
        /// Whether the matchmaker was told that it is back, though its socket is not yet.
        let isReturning: Bool
    }

    private struct State {
        var absentees: [String: Absentee] = [:]
        var lastNumber = 0
    }

    private let state = Mutex(State())

    /// A participant went away, or is about to come back without having been one of this node's.
    /// - Returns: the number of the absence.
    func add(_ participant: Participant, of namespace: Namespace, isReturning: Bool) -> Int {
        state.withLock { state in
            state.lastNumber += 1
            state.absentees[participant.id] = Absentee(
                participant: participant, namespace: namespace, number: state.lastNumber, isReturning: isReturning)
            return state.lastNumber
        }
    }

    /// A participant is about to come back.
    /// - Parameters:
    ///   - id: which.
    ///   - participant: stands for it if it is not known here.
    ///   - namespace: that it comes back to.
    /// - Returns: the number of this absence.
    func returns(_ id: String, orElse participant: Participant, of namespace: Namespace) -> Int {
        let known = state.withLock { $0.absentees[id]?.participant }
        return add(known ?? participant, of: namespace, isReturning: true)
    }

    /// Changes one, if it is here and of this namespace.
    func update<Result: Sendable>(
        _ id: String, of namespace: Namespace, _ body: (inout Participant) -> Result
    ) -> Result? {
        state.withLock { state in
            guard var absentee = state.absentees[id], absentee.namespace === namespace else { return nil }
            defer { state.absentees[id] = absentee }
            return body(&absentee.participant)
        }
    }

    /// Whether a participant is one of them.
    func contains(_ id: String) -> Bool { state.withLock { $0.absentees[id] != nil } }

    /// One is back: it is none any more.
    func take(_ id: String) -> Absentee? { state.withLock { $0.absentees.removeValue(forKey: id) } }

    /// One is forgotten.
    func remove(_ id: String) { _ = take(id) }

    /// The time of an absence is over.
    func end(_ id: String, number: Int) {
        state.withLock { state in
            if state.absentees[id]?.number == number { state.absentees[id] = nil }
        }
    }

    /// Who was about to come back and has not, is none any more.
    func takeReturning(_ id: String, number: Int) -> Absentee? {
        state.withLock { state in
            guard let absentee = state.absentees[id], absentee.number == number, absentee.isReturning else {
                return nil
            }
            return state.absentees.removeValue(forKey: id)
        }
    }
}
