/// Who a participant is, from a valid token.
public struct Identity: Sendable, Equatable {
    /// Claim `userId`, or the legacy claim `id`.
    public var userID: String
    /// Claim `email`, if there is one.
    public var email: String?
    /// Claim `name`, if there is one.
    public var name: String?
    /// Claim `isGoogleUser`. Default: `false`.
    public var isGoogleUser: Bool
    /// Claim `exp`: seconds since 1970-01-01 UTC.
    public var expiry: Double?

    /// Creates an identity.
    public init(
        userID: String, email: String? = nil, name: String? = nil, isGoogleUser: Bool = false, expiry: Double? = nil
    ) {
        self.userID = userID
        self.email = email
        self.name = name
        self.isGoogleUser = isGoogleUser
        self.expiry = expiry
    }
}
