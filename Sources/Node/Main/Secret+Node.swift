import Launch
import RedisSettings

extension Secret {
    /// Verifies the tokens of *meet*.
    static let meetSecret = Secret(
        "meet-jwt-secret", "HS256 secret of the tokens of meet; without one nobody can be identified")
    /// The one before, while it is replaced.
    static let meetPreviousSecret = Secret(
        "meet-jwt-previous-secret", "the one before it, still accepted while the secret is replaced")
    /// Shared with the TURN servers.
    static let meetTurnSecret = Secret(
        "meet-turn-secret",
        """
        what the TURN servers know, too (use-auth-secret of coturn): browsers get user names and passwords made with it, \
        good for 12 hours
        """)
    /// Signs and verifies the tokens of *support*.
    static let supportSecret = Secret(
        "support-jwt-secret",
        "HS256 secret of the tokens of support, at least 32 bytes, and none of meet's; needed with a listener support")
    /// The one before, while it is replaced.
    static let supportPreviousSecret = Secret(
        "support-jwt-previous-secret", "the one before it, still accepted while the secret is replaced")
    /// The database's.
    static let supportStorePassword = Secret(
        "support-store-password", "password that the URL of --support-store does not have")
    /// The first administrator's.
    static let supportAdminPassword = Secret(
        "support-admin-password",
        """
        password of the account --support-desk, which is made with it at the first start; without that account a node \
        does not start
        """)

    /// What a node reads.
    static let node =
        redis + [
            meetSecret, meetPreviousSecret, meetTurnSecret, supportSecret, supportPreviousSecret, supportStorePassword,
            supportAdminPassword,
        ]
}
