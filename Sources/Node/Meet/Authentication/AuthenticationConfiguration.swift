extension MeetConfiguration {
    /// Who may connect, and as whom (applications, A.2.3).
    public struct Authentication: Sendable {
        /// What a token means.
        public enum Mode: String, Sendable, CaseIterable {
            /// Tokens are ignored: everybody is anonymous.
            case none
            /// Who has a valid token is identified, everybody else is anonymous.
            case optional
            /// Only who has a valid token may connect.
            case required
        }

        /// What happens in ``Mode/optional`` to somebody whose token is not valid.
        public enum InvalidToken: String, Sendable, CaseIterable {
            /// Connects as anonymous.
            case anonymous
            /// Is refused with `Authentication failed`.
            case reject
        }

        /// Fewest bytes of a secret: the length of the hash (RFC 7518, section 3.2).
        public static let shortestSecret = 32

        /// What a token means. Default: ``Mode/optional``.
        public var mode = Mode.optional
        /// Secrets of HS256. The first is the issuer's current one; tokens signed with any of them are valid, so that
        /// secrets can be replaced. Default: none, so that no token is valid.
        public var secrets: [String] = []
        /// Whether a token must have the claim `exp`. Default: `true`.
        public var requireExpiry = true
        /// Treatment of tokens that are not valid in optional mode. Default: ``InvalidToken/anonymous``.
        public var invalidToken = InvalidToken.anonymous
        /// Whether a socket is disconnected when its token expires. Default `nil`: in required mode only.
        public var enforceExpiry: Bool?

        /// The default settings.
        public init() {}

        /// ``enforceExpiry`` with its default filled in.
        var enforcesExpiry: Bool { enforceExpiry ?? (mode == .required) }

        func validate() throws(MeetConfigurationError) {
            guard secrets.allSatisfy({ $0.utf8.count >= Self.shortestSecret }) else {
                throw MeetConfigurationError(
                    setting: "JWT secret", problem: "must have at least \(Self.shortestSecret) bytes")
            }
            let needsSecret = mode == .required || mode == .optional && invalidToken == .reject
            guard !needsSecret || !secrets.isEmpty else {
                throw MeetConfigurationError(setting: "JWT secret", problem: "is missing, so nobody could connect")
            }
        }
    }
}
