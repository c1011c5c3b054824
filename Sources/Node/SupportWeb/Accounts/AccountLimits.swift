import Adapter
import WebAPI

/// How often logins may fail and accounts be made, over the whole cluster.
struct AccountLimits: Sendable {
    private let settings: SupportAccounts.Configuration
    private let limiter: any RateLimiter

    init(_ settings: SupportAccounts.Configuration, _ limiter: any RateLimiter) {
        self.settings = settings
        self.limiter = limiter
    }

    /// Looks whether a login may be tried.
    /// - Returns: how long not; `nil` if now.
    func wait(_ site: String, _ account: String) async -> Duration? {
        if let wait = await take(0, from: key(site: site), settings.failuresPerAddress) { return wait }
        return await take(0, from: key(account: account), settings.failuresPerAccount)
    }

    /// Counts a failed login.
    func failed(_ site: String, _ account: String) async {
        _ = await take(1, from: key(site: site), settings.failuresPerAddress)
        _ = await take(1, from: key(account: account), settings.failuresPerAccount)
    }

    /// Counts a registration.
    /// - Returns: how long none is allowed; `nil` if this one is.
    func takeRegistration(_ site: String) async -> Duration? {
        await take(1, from: "support/register/\(site)", settings.registrationsPerAddress)
    }

    private func take(_ tokens: Int, from key: String, _ quota: RateQuota) async -> Duration? {
        if case .limited(let wait) = await limiter.take(tokens, from: key, quota) { wait } else { nil }
    }

    private func key(site: String) -> String { "support/login/address/\(site)" }

    /// Names are long and somebody's: a fingerprint stands for them.
    private func key(account: String) -> String { "support/login/account/\(entityTag(account.lowercased().utf8))" }
}
