import Matchmaking

/// The chat that a participant is in, as its node knows it. It ends, with everything in it, when the pair ends.
struct Chat: Sendable, Equatable {
    /// Socket id of the other member.
    let partner: String
    /// Names the pair: opaque, never used twice.
    let pairID: String
    /// Whether it is a video chat.
    let withVideo: Bool
    /// Whether this member has said that it is ready for a call.
    var isReady = false
    /// Whether the other member has.
    var isPartnerReady = false
    /// The partner's offer, as long as it is not answered.
    var offer: OpenOffer?
    /// Whether the other member can be reached.
    var presence = Presence.here
    /// What was sent to the other member since it went away.
    var kept = Kept()

    /// Messages that wait for a member who is away.
    struct Kept: Sendable, Equatable {
        var count = 0
        /// Bytes of JSON.
        var bytes = 0
    }

    /// An offer that this member got and has not answered, with the candidates that followed it.
    struct OpenOffer: Sendable, Equatable {
        /// The offer.
        let relay: Relay
        /// When it came: time since any fixed instant.
        let received: Duration
        /// The partner's candidates since then.
        var candidates: [Relay] = []
    }
}
