import Launch
import Matchmaking
import Meet

extension MeetConfiguration {
    /// Reads the options, the environment and the configuration file.
    init(_ settings: Settings, _ options: MeetOptions) throws(LaunchError) {
        self.init()
        try readAuthentication(settings, options)
        try readPolicy(settings, options)
        revealEmail = try settings.flag("meet-reveal-email", options.meetRevealEmail, default: revealEmail)
        logCompat = try settings.flag("meet-log-compat", options.meetLogCompat, default: logCompat)
        logPersonalData = try settings.flag(
            "meet-log-personal-data", options.meetLogPersonalData, default: logPersonalData)
        strictPair = try settings.flag("meet-strict-pair", options.meetStrictPair, default: strictPair)
        barrierTimeout = try settings.milliseconds(
            "meet-barrier-timeout", options.meetBarrierTimeout, default: barrierTimeout)
        limits.text = try settings.integer(
            "meet-max-text", options.meetMaxText, default: limits.text, in: 1...1_000_000)
        rates.messages = try settings.rate("meet-message-rate", options.meetMessageRate, default: rates.messages)
        rates.finds = try settings.rate("meet-find-rate", options.meetFindRate, default: rates.finds)
        rates.signals = try settings.rate("meet-signal-rate", options.meetSignalRate, default: rates.signals)
        onlineBroadcast = try settings.milliseconds(
            "meet-online-broadcast", options.meetOnlineBroadcast, default: onlineBroadcast)
        let names = try settings.values(
            "meet-pool", options.meetPool, "1 to \(MeetPools.nameLimit) letters, digits, dots, - or _"
        ) { MeetPools.isName($0) ? $0 : nil }
        do {
            pools = try MeetPools(names)
            try validate()
        } catch {
            try settings.reject(.configuration("meet: \(error)"))
        }
    }

    private mutating func readAuthentication(_ settings: Settings, _ options: MeetOptions) throws(LaunchError) {
        authentication.mode = try settings.value(
            "meet-auth", options.meetAuth, default: authentication.mode, "none, optional or required",
            Authentication.Mode.init(rawValue:))
        authentication.invalidToken = try settings.value(
            "meet-invalid-token", options.meetInvalidToken, default: authentication.invalidToken,
            "anonymous or reject", Authentication.InvalidToken.init(rawValue:))
        authentication.requireExpiry = try settings.flag(
            "meet-require-exp", options.meetRequireExp, default: authentication.requireExpiry)
        authentication.enforceExpiry = try settings.value(
            "meet-enforce-expiry", options.meetEnforceExpiry, default: nil, "true or false"
        ) { Bool($0).map(Optional.some) }
        // A secret never comes from the command line, which others on the machine can read.
        let secrets = [try settings.secret(.meetSecret), try settings.secret(.meetPreviousSecret)]
        authentication.secrets = secrets.compactMap(\.self)
    }

    private mutating func readPolicy(_ settings: Settings, _ options: MeetOptions) throws(LaunchError) {
        policy.rematch = try settings.value(
            "meet-rematch", options.meetRematch, default: policy.rematch, "prefer-new, baseline or cooldown:MS",
            MatchPolicy.Rematch.init)
        policy.mixedMatch = try settings.value(
            "meet-mixed-match", options.meetMixedMatch, default: policy.mixedMatch, "immediate, never or after:MS",
            MatchPolicy.MixedMatch.init)
        policy.mixedVideo = try settings.value(
            "meet-mixed-video", options.meetMixedVideo, default: policy.mixedVideo, "any or both",
            MatchPolicy.MixedVideo.init(rawValue:))
        policy.requeueOnPartnerDisconnect = try settings.value(
            "meet-requeue", options.meetRequeue, default: policy.requeueOnPartnerDisconnect, "client or server",
            MatchPolicy.Requeue.init(rawValue:))
        policy.reconnectGrace = try settings.milliseconds(
            "meet-grace", options.meetGrace, default: policy.reconnectGrace, in: 0...600_000)
        policy.allowSameUser = try settings.flag(
            "meet-allow-same-user", options.meetAllowSameUser, default: policy.allowSameUser)
    }
}

extension Settings {
    /// A switch.
    func flag(_ option: String, _ argument: String?, default standard: Bool) throws(LaunchError) -> Bool {
        try value(option, argument, default: standard, "true or false") { Bool($0) }
    }
}
