/// Where the accounts of the support chat are kept (applications, B.6). A store may be shared by all nodes of a cluster.
///
/// Names are compared without regard to case. No call blocks the caller's thread.
public protocol AccountStore: Sendable {
    /// Reads an account.
    /// - Parameter name: its name, in any letters of case.
    /// - Returns: the account as registered, or `nil` if there is none.
    /// - Throws: ``StoreError``.
    func account(named name: String) async throws(StoreError) -> Account?

    /// Adds an account.
    /// - Parameter account: the account.
    /// - Throws: ``StoreError``; ``StoreError/duplicate`` if the name is taken.
    func create(_ account: Account) async throws(StoreError)

    /// Changes what an account may do.
    /// - Parameters:
    ///   - role: the new role.
    ///   - name: the account's name.
    /// - Returns: whether there is such an account.
    /// - Throws: ``StoreError``.
    func setRole(_ role: Account.Role, of name: String) async throws(StoreError) -> Bool

    /// Removes an account with its messages.
    /// - Parameter name: the account's name.
    /// - Returns: whether there was such an account.
    /// - Throws: ``StoreError``.
    func remove(account name: String) async throws(StoreError) -> Bool

    /// Ends a login before its token expires (logout).
    /// - Parameters:
    ///   - session: the claim `jti` of the token, at most 64 characters.
    ///   - expiry: when the token expires and the entry may be forgotten, in seconds since 1970-01-01 UTC.
    /// - Throws: ``StoreError``.
    func revoke(session: String, until expiry: Int64) async throws(StoreError)

    /// Reads whether a login was ended.
    /// - Parameter session: the claim `jti` of the token.
    /// - Returns: whether it was ended.
    /// - Throws: ``StoreError``.
    func isRevoked(session: String) async throws(StoreError) -> Bool
}
