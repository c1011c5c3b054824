/// The rules of pairing that an operator can choose (applications, A.6.5 and F).
///
/// All nodes of a cluster should run with the same policy: each operation is carried out by the policy of the node that
/// submits it.
public struct MatchPolicy: Sendable, Equatable {
    /// What being former partners means for the next pairing. Only the last partner of each participant counts.
    public enum Rematch: Sendable, Equatable {
        /// Former partners are not paired while either has another candidate in the queue, otherwise at once.
        case preferNew
        /// Former partners are like any others: plain order of arrival.
        case baseline
        /// Former partners are not paired before this time has passed since their pair ended.
        case cooldown(Duration)
    }

    /// When somebody who wants video may be paired with somebody who does not.
    public enum MixedMatch: Sendable, Equatable {
        /// As soon as nobody with the same wish is there.
        case immediate
        /// As soon as, in addition, the longer-waiting of the two has waited this long.
        case after(Duration)
        /// Never.
        case never
    }

    /// Whether a mixed pair is a video chat.
    public enum MixedVideo: String, Sendable, Equatable {
        /// Yes: one wish is enough.
        case any
        /// No: both would have to wish it.
        case both
    }

    /// Who brings the survivor back into the queue after its partner disconnected.
    public enum Requeue: String, Sendable, Equatable {
        /// The client: the survivor becomes idle.
        case client
        /// The server: the survivor also gets `waiting` and is queued at once.
        case server
    }

    /// Treatment of former partners. Default is ``Rematch/preferNew``.
    public var rematch = Rematch.preferNew
    /// Treatment of different video wishes. Default is ``MixedMatch/immediate``.
    public var mixedMatch = MixedMatch.immediate
    /// Video in mixed pairs. Default is ``MixedVideo/any``.
    public var mixedVideo = MixedVideo.any
    /// What follows a partner's disconnect. Default is ``Requeue/client``.
    public var requeueOnPartnerDisconnect = Requeue.client
    /// Whether two sockets of one authenticated user may be paired. Default is false.
    public var allowSameUser = false
    /// How long after the server queued a participant its first `find` only confirms that. Default is 5 seconds.
    public var confirmationWindow = Duration.seconds(5)
    /// How long a participant that lost its connection keeps chat or place. Default is zero: not at all.
    public var reconnectGrace = Duration.zero

    /// The default policy.
    public init() {}

    /// Checks every duration of the policy.
    /// - Throws: ``Invalid`` when one is negative or longer than a day.
    public func validate() throws(Invalid) {
        if case .cooldown(let time) = rematch { try Self.check(time, "rematch") }
        if case .after(let time) = mixedMatch { try Self.check(time, "mixedMatch") }
        try Self.check(confirmationWindow, "confirmationWindow")
        try Self.check(reconnectGrace, "reconnectGrace")
    }

    private static func check(_ time: Duration, _ key: String) throws(Invalid) {
        guard time >= .zero, time <= .seconds(86_400) else { throw Invalid(key: key) }
    }

    /// A policy that makes no sense.
    public struct Invalid: Error, Sendable, Equatable, CustomStringConvertible {
        /// Name of the setting whose duration is out of bounds.
        public var key: String
        /// One line for the operator.
        public var description: String { "\(key): the time must lie between 0 and 24 hours" }
    }
}

extension MatchPolicy.Rematch {
    /// The setting as operators write it: `prefer-new`, `baseline` or `cooldown:<ms>`.
    /// - Parameter text: anything else gives `nil`.
    public init?(_ text: String) {
        switch text {
        case "prefer-new": self = .preferNew
        case "baseline": self = .baseline
        default:
            guard let time = Duration(text, after: "cooldown:") else { return nil }
            self = .cooldown(time)
        }
    }
}

extension MatchPolicy.MixedMatch {
    /// The setting as operators write it: `immediate`, `never` or `after:<ms>`.
    /// - Parameter text: anything else gives `nil`.
    public init?(_ text: String) {
        switch text {
        case "immediate": self = .immediate
        case "never": self = .never
        default:
            guard let time = Duration(text, after: "after:") else { return nil }
            self = .after(time)
        }
    }
}

extension Duration {
    /// Whole milliseconds behind a prefix; `nil` for anything else and for more than a day.
    fileprivate init?(_ text: String, after prefix: String) {
        guard text.hasPrefix(prefix), let milliseconds = Int64(text.dropFirst(prefix.count)),
            (0...86_400_000).contains(milliseconds)
        else { return nil }
        self = .milliseconds(milliseconds)
    }

    /// Whole microseconds: the unit of places, pair numbers and times inside the matchmaker, as in Redis' `TIME`.
    package var microseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }
}
