import NIOCore

/// A poll that was answered on a connection. If the connection ends right afterwards although it was to be kept, perhaps
/// nobody read the answer: a gateway that dies looks like that, for what its end brings about answers the polls that it
/// carried. So the client has to poll again soon, or its session ends.
struct AnsweredPoll {
    /// What ends later ends for another reason: clients and gateways keep connections for a while.
    private static let suspicion = TimeAmount.seconds(1)

    private let engine: Engine
    private let session: SessionAddress
    private let time: NIODeadline

    /// `nil` if the request was no poll.
    /// - Parameters:
    ///   - answerer: who has answered the request.
    ///   - time: when.
    init?(_ answerer: consuming Answerer, at time: NIODeadline) {
        guard case .poll(let engine, let session, _) = consume answerer else { return nil }
        self.engine = engine
        self.session = session
        self.time = time
    }

    /// The connection was ended by the other side.
    func connectionEnded() {
        if .now() - time < Self.suspicion { engine.pollConnectionBroke(session) }
    }
}
