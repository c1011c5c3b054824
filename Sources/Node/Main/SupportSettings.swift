import Adapter
import EngineIO
import EngineServer
import Launch
import Support
import SupportWeb

/// Everything that a node is told about *support*, checked.
struct SupportSettings {
    /// Settings of the application.
    var application = SupportConfiguration()
    /// Settings of its accounts.
    var accounts = SupportAccounts.Configuration()
    /// Where messages and accounts are.
    var store = StoreURL.sqlite(path: "")
    /// The password of the first administrator, who is created if there is no desk account.
    var adminPassword: String?
    /// How HTTP requests without login are turned away.
    var guardStyle = GuardStyle.json
    /// Which pages may connect.
    var origins = OriginPolicy.sameOrigin
    /// Whether programs that name no page may connect.
    var allowsMissingOrigin = true
}

extension SupportSettings {
    /// Reads the options, the environment and the configuration file; `others` are secrets of other applications, which
    /// must not be ours.
    init(_ settings: Settings, _ options: SupportOptions, apartFrom others: [String]) throws(LaunchError) {
        try readStore(settings, options)
        try readApplication(settings, options)
        try readTokens(settings, options, apartFrom: others)
        try readOrigins(settings, options)
        accounts.desk = application.deskAccount
        accounts.passwordCost = try settings.integer(
            "support-password-cost", options.supportPasswordCost, default: accounts.passwordCost, in: 4...15)
        guardStyle = try settings.value(
            "support-guard", options.supportGuard, default: guardStyle, "json or redirect", GuardStyle.init(rawValue:))
        adminPassword = try settings.secret(.supportAdminPassword)
        do {
            try application.validate()
        } catch {
            try settings.reject(.configuration("support: \(error)"))
        }
    }

    /// Where the store is; a password that its URL does not have comes from the environment or the file.
    private mutating func readStore(_ settings: Settings, _ options: SupportOptions) throws(LaunchError) {
        let password = try settings.secret(.supportStorePassword)
        guard let text = settings.text("support-store", options.supportStore) else {
            let example = "for example --support-store sqlite:support.db"
            return try settings.reject(.configuration("support: --support-store is missing, \(example)"))
        }
        do {
            store = try StoreURL(text, password: password)
        } catch {
            let line = "support-store: \(error)"
            try settings.reject(options.supportStore == nil ? .configuration(line) : .usage("--\(line)"))
        }
    }

    private mutating func readApplication(_ settings: Settings, _ options: SupportOptions) throws(LaunchError) {
        application.deskAccount = settings.text("support-desk", options.supportDesk) ?? application.deskAccount
        application.userToUser = try settings.flag(
            "support-user-to-user", options.supportUserToUser, default: application.userToUser)
        application.maxText = try settings.integer(
            "support-max-text", options.supportMaxText, default: application.maxText, in: 1...65_535)
        application.catchUpLimit = try settings.integer(
            "support-catch-up", options.supportCatchUp, default: application.catchUpLimit, in: 1...10_000)
        application.messageRate = try settings.value(
            "support-message-rate", options.supportMessageRate, default: application.messageRate,
            "RATE or RATE:BURST, whole numbers from 1, or none"
        ) { text in
            text == "none" ? .some(nil) : RateLimit(text).map { .some(RateQuota($0)) }
        }
        application.retention = try settings.value(
            "support-retention", options.supportRetention, default: nil, "days from 1 to 36500"
        ) { text in
            Int(text).flatMap { (1...36_500).contains($0) ? .some(.seconds($0 * 86_400)) : nil }
        }
        application.logCompat = try settings.flag(
            "support-log-compat", options.supportLogCompat, default: application.logCompat)
    }

    private mutating func readTokens(
        _ settings: Settings, _ options: SupportOptions, apartFrom others: [String]
    ) throws(LaunchError) {
        application.requireExpiry = try settings.flag(
            "support-require-exp", options.supportRequireExp, default: application.requireExpiry)
        application.enforceExpiry = try settings.flag(
            "support-enforce-expiry", options.supportEnforceExpiry, default: application.enforceExpiry)
        application.cookie.name = settings.text("support-cookie", options.supportCookie) ?? application.cookie.name
        application.cookie.isSecure = try settings.flag(
            "support-cookie-secure", options.supportCookieSecure, default: application.cookie.isSecure)
        application.acceptsAuthToken = try settings.flag(
            "support-auth-token", options.supportAuthToken, default: application.acceptsAuthToken)
        // A secret never comes from the command line, which others on the machine can read.
        let secrets = [try settings.secret(.supportSecret), try settings.secret(.supportPreviousSecret)]
        application.secrets = secrets.compactMap(\.self)
        if !Set(application.secrets).isDisjoint(with: others) {
            try settings.reject(
                .configuration("support: JWT secret must not be one of meet's, or its tokens would be valid there"))
        }
    }

    private mutating func readOrigins(_ settings: Settings, _ options: SupportOptions) throws(LaunchError) {
        let listed = try settings.values(
            "support-origin", options.supportOrigin,
            "an origin such as https://example.org; with a cookie, not every page may connect"
        ) { OriginPolicy.isOrigin($0.lowercased()) ? $0.lowercased() : nil }
        if !listed.isEmpty { origins = .list(listed, sameOrigin: true) }
        allowsMissingOrigin = try !settings.flag(
            "support-require-origin", options.supportRequireOrigin, default: false)
    }

    /// Whether the page that opened a session may use the cookie.
    func allowsPage(of handshake: Handshake, trustedProxies: Int) -> Bool {
        guard let origin = handshake.header("origin") else { return allowsMissingOrigin }
        let forwarded = trustedProxies > 0 ? handshake.header("x-forwarded-host") : nil
        return origins.allows(origin, host: forwarded ?? handshake.header("host"))
    }
}

extension RateQuota {
    /// A rate as operators write it.
    fileprivate init(_ limit: RateLimit) {
        self.init(burst: limit.burst, refill: .seconds(1) / limit.perSecond)
    }
}
