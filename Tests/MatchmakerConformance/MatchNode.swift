public import Adapter
public import Matchmaking
import Synchronization

/// One node under test: its matchmaker, and a log of what its participants were told.
public final class MatchNode: MatchEvents {
    /// What the participants' ids begin with.
    public let tag: String
    /// The matchmaker under test.
    public let matchmaker: any Matchmaker
    private let log = Mutex<[MatchEvent]>([])

    /// Starts the matchmaker of a node.
    /// - Parameters:
    ///   - tag: six characters.
    ///   - matchmaker: not started yet.
    public init(tag: String, matchmaker: any Matchmaker) {
        self.tag = tag
        self.matchmaker = matchmaker
        matchmaker.start(self)
    }

    /// Records what a participant was told.
    /// - Parameter event: what happened.
    public func happened(_ event: MatchEvent) {
        log.withLock { $0.append(event) }
    }

    /// Everything the participants were told, in order.
    public var events: [MatchEvent] { log.withLock { $0 } }

    /// Submits an operation and waits for its completion.
    /// - Parameter operation: what a participant asks.
    /// - Returns: the reply.
    /// - Throws: ``MatchmakerError``.
    @discardableResult
    public func submit(_ operation: MatchOperation) async throws(MatchmakerError) -> MatchReply {
        try await withCheckedContinuation { continuation in
            matchmaker.submit(operation) { continuation.resume(returning: $0) }
        }.get()
    }

    /// What one participant was told, in words that leave out the pair: `waiting`, `start <partner>` (with ` video`),
    /// `left <partner>`, `here <partner>`, `away <partner>`, `lost <partner>`, `back idle`, `back waiting`, `back with
    /// <partner>` (with ` video`), `back unknown`.
    /// - Parameter id: the participant.
    /// - Returns: the words in order.
    public func story(of id: String) -> [String] {
        events.filter { $0.participant == id }.map { event in
            switch event {
            case .waiting: "waiting"
            case .chatStart(_, let partner, _, let withVideo): "start \(partner)\(withVideo ? " video" : "")"
            case .partnerLeft(_, let partner, _): "left \(partner)"
            case .partnerPresence(_, let partner, _, let presence): "\(presence) \(partner)"
            case .resumed(_, .chatting(let partner, _, let video)): "back with \(partner)\(video ? " video" : "")"
            case .resumed(_, let state): "back \(state.map { "\($0)" } ?? "unknown")"
            case .adopted: "adopted"
            }
        }
    }
}
