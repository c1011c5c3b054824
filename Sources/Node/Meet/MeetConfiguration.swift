public import EngineIO
public import Matchmaking

/// Settings of *meet*. The defaults are those of the specification (applications, C.3 and F).
public struct MeetConfiguration: Sendable {
    /// Who may connect, and as whom. Default: tokens are optional.
    public var authentication = Authentication()
    /// Bounds of what clients may send.
    public var limits = Limits()
    /// How often clients may do something.
    public var rates = Rates()
    /// The rules of pairing.
    public var policy = MatchPolicy()
    /// Which pools `findChat` may name. Default: none, so that everybody waits in the common pool.
    public var pools = MeetPools()
    /// Whether `message` carries the sender's e-mail address; otherwise `Anonymous`. Default: `false`.
    public var revealEmail = false
    /// Whether what a client sent before it saw that the server gave it a new partner is kept from that partner in any case:
    /// as long as the client has not answered a ping. Otherwise for ``barrierTimeout`` at most. Default: `true`
    /// (applications, A.10.1).
    public var strictPair = true
    /// How long that ping is waited for if not ``strictPair``. Default: 2 seconds.
    public var barrierTimeout: Duration = .seconds(2)
    /// Shortest time between two broadcasts of the online count by one node. Default: 1 second.
    public var onlineBroadcast: Duration = .seconds(1)
    /// How long to wait before a request is repeated that the matchmaker could not serve. Default: 1 second.
    public var retryDelay: Duration = .seconds(1)
    /// Whether the log has, at level info, the lines of the original server. Default: `false`.
    public var logCompat = false
    /// Whether e-mail addresses may appear in these lines; otherwise ids stand there. Default: `false`.
    public var logPersonalData = false

    /// The default settings.
    public init() {}

    /// Bounds of what clients may send.
    public struct Limits: Sendable {
        /// Longest text of a message, in UTF-16 code units (JavaScript's `length`). Default: 5,000.
        public var text = 5_000
        /// Longest payload of `webrtc-offer` and `webrtc-answer`, in bytes of JSON. Default: 64 KiB.
        public var description = 64 << 10
        /// Longest payload of `ice-candidate`, in bytes of JSON. Default: 4 KiB.
        public var candidate = 4 << 10
        /// Most candidates kept with an unanswered offer, to be repeated. Default: 64.
        public var storedCandidates = 64
        /// How long an unanswered offer is kept. Default: 30 seconds.
        public var offerLifetime: Duration = .seconds(30)
        /// Most messages, offers, answers and candidates kept for a participant who is away, per sender. Default: 100.
        public var keptMessages = 100
        /// Bytes of JSON that these may have together. Default: 64 KiB.
        public var keptBytes = 64 << 10

        /// The default bounds.
        public init() {}
    }

    /// How often an account, or an address if the client has no account, may do something, over all nodes
    /// (applications, C.3). What is too much is refused as ``Refusal/rateLimited``; the client stays connected. `nil`: as
    /// often as it likes.
    public struct Rates: Sendable, Equatable {
        /// `sendMessage`. Default: 20 per second, 100 at once.
        public var messages: RateLimit? = RateLimit(perSecond: 20, burst: 100)
        /// `findChat`, `next` and `leaveChat` together. Default: 5 per second, 20 at once.
        public var finds: RateLimit? = RateLimit(perSecond: 5, burst: 20)
        /// `ready-to-connect`, offers, answers and candidates together. Default: 200 per second, 1,000 at once.
        public var signals: RateLimit? = RateLimit(perSecond: 200, burst: 1_000)

        /// The default rates.
        public init() {}
    }

    /// Checks that the settings make sense together.
    /// - Throws: ``MeetConfigurationError`` naming the first setting that does not.
    public func validate() throws(MeetConfigurationError) {
        try authentication.validate()
        do {
            try policy.validate()
        } catch {
            throw MeetConfigurationError(setting: error.key, problem: "must lie between 0 and 24 hours")
        }
        let lengths = [
            ("text limit", limits.text), ("description limit", limits.description),
            ("candidate limit", limits.candidate), ("stored candidates", limits.storedCandidates),
            ("kept messages", limits.keptMessages), ("kept bytes", limits.keptBytes),
        ]
        for (name, length) in lengths where !(1...(1 << 20)).contains(length) {
            throw MeetConfigurationError(setting: name, problem: "must lie between 1 and 1,048,576")
        }
        for rate in [rates.messages, rates.finds, rates.signals].compactMap(\.self) {
            guard rate.perSecond <= 1_000, rate.burst <= 1_000_000 else {
                throw MeetConfigurationError(setting: "rate", problem: "must be at most 1,000 per second and 1,000,000")
            }
        }
        let times = [
            ("online broadcast", onlineBroadcast), ("retry delay", retryDelay),
            ("barrier timeout", barrierTimeout),
            ("offer lifetime", limits.offerLifetime),
        ]
        for (name, time) in times where time <= .zero || time > .seconds(86_400) {
            throw MeetConfigurationError(setting: name, problem: "must be positive and at most 24 hours")
        }
    }
}

/// A setting of *meet* that cannot be used.
public struct MeetConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Name of the setting.
    public var setting: String
    /// What is wrong with it.
    public var problem: String

    /// The error in one line, for the person who starts the server.
    public var description: String { "\(setting) \(problem)" }
}
