/// Who somebody is in the support chat, from a valid token (applications, B.2).
public struct SupportIdentity: Sendable, Equatable {
    /// Name of the account, as it was registered if the account store could be asked (claim `user`).
    public var user: String
    /// The name for people (claim `name`).
    public var name: String
    /// What the account may do (claim `rol`).
    public var role: Account.Role
    /// Address of a picture (claim `imagen`).
    public var image: String?
    /// Names the login, so that it can be ended before it expires (claim `jti`); `nil` in tokens of other issuers.
    public var session: String?
    /// When the token expires, in seconds since 1970-01-01 UTC (claim `exp`).
    public var expiry: Double?

    /// Describes somebody.
    public init(
        user: String, name: String, role: Account.Role, image: String? = nil, session: String? = nil,
        expiry: Double? = nil
    ) {
        self.user = user
        self.name = name
        self.role = role
        self.image = image
        self.session = session
        self.expiry = expiry
    }

    /// Longest name of an account, in Unicode scalars, as databases count.
    public static let nameLimit = 50
    /// Longest claim `jti` that is looked at, in Unicode scalars.
    public static let sessionLimit = 64
}
