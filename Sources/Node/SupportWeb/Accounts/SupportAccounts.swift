public import Adapter
public import Logging
public import Support
import Synchronization

/// Accounts of the support chat: login, registration, roles, removal, and the first administrator (applications, B.8).
///
/// Passwords are kept as bcrypt and worked on by threads of their own. Failed logins are limited over the whole cluster,
/// per address and per account; successful ones do not count. An unknown name costs as much time as a wrong password.
public final class SupportAccounts: Sendable {
    /// The settings.
    public struct Configuration: Sendable {
        /// Name of the account behind the alias `admin`; it always exists, with the role `admin`. Default: `admin`.
        public var desk = "admin"
        /// Cost of new password hashes, 4 to 15, each twice the work of the one before. Default: 8, as in the original.
        public var passwordCost = 8
        /// Failed logins from one address (IPv6: its first 64 bits). Default: 3, and one more every 15 minutes.
        public var failuresPerAddress = RateQuota(burst: 3, refill: .seconds(900))
        /// Failed logins to one account from all addresses together. It is wider than that of an address, since it locks
        /// out the account's owner, too. Default: 10, and one more every 15 minutes.
        public var failuresPerAccount = RateQuota(burst: 10, refill: .seconds(900))
        /// Registrations from one address. Default: 100, and one more every 10 seconds.
        public var registrationsPerAddress = RateQuota(burst: 100, refill: .seconds(10))

        /// Creates the default settings.
        public init() {}
    }

    /// The alias of the desk in messages, which nobody else may be called.
    private static let alias = "admin"

    let configuration: Configuration
    private let store: any AccountStore
    private let limits: AccountLimits
    private let hasher: PasswordHasher
    private let logger: Logger
    private let counters = Mutex(SupportAccountMetrics())

    /// Creates the service and starts its threads.
    /// - Parameters:
    ///   - configuration: the settings.
    ///   - store: where the accounts are.
    ///   - limiter: counts over the cluster.
    ///   - logger: for failures of the store; never names, addresses or passwords.
    public init(
        configuration: Configuration = Configuration(), store: any AccountStore, limiter: any RateLimiter,
        logger: Logger
    ) {
        self.configuration = configuration
        self.store = store
        self.logger = logger
        limits = AccountLimits(configuration, limiter)
        hasher = PasswordHasher(cost: configuration.passwordCost)
    }

    /// What has been done so far.
    public var metrics: SupportAccountMetrics {
        counters.withLock { $0 }
    }

    func count(_ change: (inout SupportAccountMetrics) -> Void) {
        counters.withLock { change(&$0) }
    }

    // MARK: Login

    /// What became of a login.
    enum Login: Equatable {
        case done(Account)
        /// Name or password are wrong.
        case refused
        case limited(retryAfter: Duration)
        /// The store is away, or too many passwords wait.
        case unavailable
    }

    /// Checks name and password.
    /// - Parameters:
    ///   - name: the account's name, in any letters of case.
    ///   - password: the password.
    ///   - site: the address that failures are counted for.
    /// - Returns: what became of it.
    func logIn(_ name: String, password: String, from site: String) async -> Login {
        do {
            let account = RegistrationForm.isName(name) ? try await store.account(named: name) : nil
            let subject = account?.name ?? name
            if let wait = await limits.wait(site, subject) { return limited(wait) }
            let isPossible = !password.utf8.contains(0) && password.utf8.count <= RegistrationForm.longestInput
            let isRight = try await hasher.verify(isPossible ? password : "", isPossible ? account?.passwordHash : nil)
            guard isRight, let account else {
                count { $0.loginsRefused += 1 }
                await limits.failed(site, subject)
                return .refused
            }
            // Of many guesses at the same time only as many count as one after the other.
            if let wait = await limits.wait(site, subject) { return limited(wait) }
            count { $0.logins += 1 }
            return .done(account)
        } catch {
            return unavailable("support: login not decided", error) { .unavailable }
        }
    }

    private func limited(_ wait: Duration) -> Login {
        count { $0.loginsLimited += 1 }
        return .limited(retryAfter: wait)
    }

    // MARK: Registration

    /// What became of a registration.
    enum Registered: Equatable {
        case done
        case nameTaken
        case limited(retryAfter: Duration)
        /// The store is away, or too many passwords wait.
        case unavailable
    }

    /// Makes an account with the role `user`.
    func register(_ form: RegistrationForm, from site: String) async -> Registered {
        let name = form.name.lowercased()
        guard name != Self.alias, name != configuration.desk.lowercased() else { return .nameTaken }
        if let wait = await limits.takeRegistration(site) { return .limited(retryAfter: wait) }
        do {
            try await create(form.name, form.displayName, .user, password: form.password)
            count { $0.registrations += 1 }
            return .done
        } catch StoreError.duplicate {
            return .nameTaken
        } catch {
            return unavailable("support: account not registered", error) { .unavailable }
        }
    }

    private func create(_ name: String, _ displayName: String, _ role: Account.Role, password: String) async throws {
        guard let hash = try await hasher.hash(password) else { throw NoBcrypt() }
        try await store.create(Account(name: name, displayName: displayName, role: role, passwordHash: hash))
    }

    private struct NoBcrypt: Error {}

    // MARK: Administration

    /// What became of a change of an account.
    enum Change: Equatable {
        case done(account: String)
        case unknown
        /// The desk's account must stay, and stay an administrator's.
        case isDesk
        case unavailable
    }

    /// Changes what an account may do.
    func setRole(_ role: Account.Role, of name: String) async -> Change {
        await change(name) { store, name throws(StoreError) in try await store.setRole(role, of: name) }
    }

    /// Removes an account with its messages.
    func remove(_ name: String) async -> Change {
        await change(name) { store, name throws(StoreError) in try await store.remove(account: name) }
    }

    private func change(
        _ name: String, _ body: (any AccountStore, String) async throws(StoreError) -> Bool
    ) async -> Change {
        do {
            guard RegistrationForm.isName(name), let account = try await store.account(named: name) else {
                return .unknown
            }
            guard account.name.lowercased() != configuration.desk.lowercased() else { return .isDesk }
            return try await body(store, account.name) ? .done(account: account.name) : .unknown
        } catch {
            return unavailable("support: account not changed", error) { .unavailable }
        }
    }

    /// Ends a login before its token expires.
    /// - Parameters:
    ///   - session: the claim `jti`.
    ///   - expiry: when the token expires, in seconds since 1970-01-01 UTC.
    func revoke(_ session: String, until expiry: Double) async {
        do {
            try await store.revoke(session: session, until: Int64(exactly: expiry.rounded(.up)) ?? .max)
        } catch {
            logger.warning("support: logout not stored", metadata: ["error": "\(error)"])
        }
    }

    private func unavailable<Outcome>(_ step: Logger.Message, _ error: any Error, _ outcome: () -> Outcome) -> Outcome {
        if error is PasswordHasher.Busy { count { $0.passwordsRefused += 1 } }
        logger.warning(step, metadata: ["error": "\(error)"])
        return outcome()
    }
}

extension SupportAccounts {
    /// Makes the desk's account, with the role `admin`, if there is none of its name. To be called at start; several nodes
    /// may do so at the same time.
    /// - Parameter password: the password of a new account; `nil` makes none.
    /// - Returns: whether there is a desk, and since when.
    /// - Throws: `DeskError` if the password cannot be one or the store is away.
    public func ensureDesk(password: String?) async throws(DeskError) -> Desk {
        do {
            if let account = try await store.account(named: configuration.desk) {
                return account.role == .admin ? .present : .notAdministrator
            }
            guard let password else { return .missing }
            guard RegistrationForm.isPassword(password) else { throw DeskError.password }
            try await create(configuration.desk, "Soporte", .admin, password: password)
            return .created
        } catch StoreError.duplicate {
            return .present
        } catch let error as DeskError {
            throw error
        } catch {
            throw .unavailable
        }
    }

    /// What is known of the desk's account.
    public enum Desk: Sendable, Equatable {
        /// It existed already, with the role `admin`.
        case present
        /// It was made now.
        case created
        /// There is none, and no password to make one with: users have nobody to write to.
        case missing
        /// There is an account of its name, which is no administrator's.
        case notAdministrator
    }

    /// Why the desk's account was not made.
    public enum DeskError: Error, Sendable, Equatable, CustomStringConvertible {
        /// The password is shorter than 4 characters or longer than 72 bytes.
        case password
        /// The store is away.
        case unavailable

        /// One line for the operator.
        public var description: String {
            switch self {
            case .password: "the administrator's password must have at least 4 characters and at most 72 bytes"
            case .unavailable: "the administrator's account was not looked up: the store is away"
            }
        }
    }
}
