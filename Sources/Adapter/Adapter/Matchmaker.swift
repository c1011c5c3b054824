public import Matchmaking

/// The one authority over waiting queue and pairs, shared by all nodes of a cluster.
///
/// Operations of one thread take effect in the order submitted. What clients must see comes back as events through
/// ``MatchEvents``, in order per participant, also for the participant that submitted the operation; the reply only
/// tells the submitter the resulting state, for its acknowledgement.
public protocol Matchmaker: Sendable {
    /// Begins to deliver events. Called once, before the first operation.
    /// - Parameter events: where what was decided about local participants is reported.
    func start(_ events: any MatchEvents)
    /// Submits an operation of a local participant. Never suspends.
    /// - Parameters:
    ///   - operation: what the participant asks.
    ///   - completion: called once: the resulting state, or why nothing was changed. On success it is called in one
    ///     order with the events, right after those of this operation; on failure on any thread.
    func submit(
        _ operation: MatchOperation, completion: @escaping @Sendable (Result<MatchReply, MatchmakerError>) -> Void)
}

/// Receives what the matchmaker decided about participants of this node. Implemented by the application.
public protocol MatchEvents: Sendable {
    /// Something happened to a local participant. Called in order, one call at a time; must not block.
    /// - Parameter event: what happened.
    func happened(_ event: MatchEvent)
}

/// Why an operation was not carried out.
public enum MatchmakerError: Error, Sendable, Equatable {
    /// The shared store cannot be reached; nothing is known to have changed. Clients get the code `unavailable`.
    case unavailable
}
