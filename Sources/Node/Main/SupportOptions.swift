import ArgumentParser

/// The options of the application *support*; `--support-store` is `SWITCHBOARD_SUPPORT_STORE`.
struct SupportOptions: ParsableArguments {
    @Option(
        help: """
            Where messages and accounts are: sqlite:FILE or mysql://user@host:port/database; the password is \
            SWITCHBOARD_SUPPORT_STORE_PASSWORD.
            """)
    var supportStore: String?

    @Option(help: "Account behind the recipient admin. (default: admin)")
    var supportDesk: String?

    @Option(help: "Whether users may write to users: true or false. (default: true)")
    var supportUserToUser: String?

    @Option(help: "Whether tokens must have an expiry: true or false. (default: true)")
    var supportRequireExp: String?

    @Option(help: "Whether sockets are disconnected when their token expires: true or false. (default: true)")
    var supportEnforceExpiry: String?

    @Option(help: "Name of the cookie with the token. (default: token)")
    var supportCookie: String?

    @Option(help: "Whether browsers send the cookie over HTTPS only: true or false. (default: true)")
    var supportCookieSecure: String?

    @Option(help: "Whether clients without the cookie may say its token in auth.token: true or false. (default: false)")
    var supportAuthToken: String?

    @Option(help: "Origin of web pages that may connect beside the node's own, https://*.example.org; repeatable.")
    var supportOrigin: [String] = []

    @Option(help: "Whether handshakes without an Origin header are refused: true or false. (default: false)")
    var supportRequireOrigin: String?

    @Option(help: "Longest text of a message in characters. (default: 5000)")
    var supportMaxText: String?

    @Option(help: "Most messages of an account per second over all nodes, RATE[:BURST] or none. (default: 20:100)")
    var supportMessageRate: String?

    @Option(help: "Most messages that a client gets at once when it catches up. (default: 500)")
    var supportCatchUp: String?

    @Option(help: "Days after which messages are removed, by one node at a time. (default: never)")
    var supportRetention: String?

    @Option(help: "Cost of password hashes, 4 to 15, each twice the work of the one before. (default: 8)")
    var supportPasswordCost: String?

    @Option(help: "How HTTP requests without login are turned away: json, or redirect to the login. (default: json)")
    var supportGuard: String?

    @Option(help: "Whether the log has the lines of the original server, with names: true or false. (default: false)")
    var supportLogCompat: String?
}
