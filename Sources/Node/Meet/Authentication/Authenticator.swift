import SocketIO
import SocketServer

/// Decides who may connect, and as whom (applications, A.2.3).
struct Authenticator: Sendable {
    let configuration: MeetConfiguration.Authentication
    let verifier: TokenVerifier
    /// Seconds since 1970-01-01 UTC.
    let now: @Sendable () -> Double

    /// The texts that clients see as `connect_error.message`.
    static let tokenRequired = ConnectError("Authentication token required")
    static let failed = ConnectError("Authentication failed")

    /// Decides about one client.
    /// - Parameters:
    ///   - auth: what it passed as `auth`.
    ///   - header: the header `Authorization` of its handshake.
    /// - Returns: who it is, `nil` for anonymous.
    /// - Throws: what the client shall see.
    func identify(auth: Value, header: String?) async throws(ConnectError) -> Identity? {
        guard configuration.mode != .none else { return nil }
        let isRequired = configuration.mode == .required
        switch PresentedToken(auth: auth, header: header) {
        case .absent:
            guard !isRequired else { throw Self.tokenRequired }
            return nil
        case .unusable:
            break
        case .token(let token):
            if let identity = try? await verifier.verify(token, now: now()) { return identity }
        }
        guard !isRequired, configuration.invalidToken == .anonymous else { throw Self.failed }
        return nil
    }
}
