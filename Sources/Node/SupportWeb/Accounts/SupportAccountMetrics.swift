/// What the accounts of one node have done since its start.
public struct SupportAccountMetrics: Sendable, Equatable {
    /// Logins with the right password.
    public var logins = 0
    /// Logins with a wrong name or password.
    public var loginsRefused = 0
    /// Logins over the limit of their address or account.
    public var loginsLimited = 0
    /// Accounts made by registration.
    public var registrations = 0
    /// Passwords that were not worked on because too many waited.
    public var passwordsRefused = 0

    /// Nothing yet.
    public init() {}
}
