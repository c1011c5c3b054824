public import Adapter
public import EngineIO
public import Logging
public import NIOCore
import SocketIO
public import SocketServer
import Synchronization

/// The support chat: registered users write to a desk, administrators see every conversation and answer
/// (applications, B).
///
/// Client event: `mensaje_privado {para, mensaje, idCliente?}`, acknowledged with `{ok:true, id, fecha}` or
/// `{ok:false, codigo, mensaje}` (``SupportRefusal``). Server events: `mensaje_recibido {de, mensaje, para, id, fecha}`;
/// to the sender's other sockets `mensaje_enviado {para, mensaje, id, fecha, idCliente?}`; to the other administrators
/// `mensaje_admin {de, para, mensaje, id, fecha}`; `sincronizacion {mensajes, completa}` to whoever connects with
/// `auth.ultimoId`; `sesion_caducada {}` before a disconnect because a login has ended.
///
/// A message is stored first; nobody sees what is not. Who somebody is, is decided by ``authenticator``, from the cookie of
/// the handshake.
///
/// If the server restores connections (`ServerConfiguration.recovery`), restored sockets must pass its middleware too.
///
/// ```swift
/// let application = await SupportApplication(
///     configuration: configuration, messages: store, accounts: store, limiter: limiter, loop: loop,
///     logger: logger)
/// for namespace in [server.mainNamespace(of: "support"), server.namespace("/soporte")] {
///     application.attach(to: namespace)
/// }
/// ```
public final class SupportApplication: Sendable {
    /// Decides who a request comes from, for the HTTP interface too.
    public let authenticator: SupportAuthenticator
    let configuration: SupportConfiguration
    let messages: any MessageStore
    let accounts: any AccountStore
    let limiter: any RateLimiter
    let publisher: Publisher
    let allowsOrigin: @Sendable (Handshake) -> Bool
    let log: SupportLog
    private let counters = Mutex(SupportMetrics())

    /// Creates the application, without namespaces.
    /// - Parameters:
    ///   - configuration: the settings, validated by the caller.
    ///   - messages: where the messages are.
    ///   - accounts: where the accounts are.
    ///   - limiter: counts what accounts send.
    ///   - loop: the event loop on which messages are published.
    ///   - allowsOrigin: whether the page that opened a session may use the cookie. A listener has checked its own origins
    ///     before; this is for listeners that let more pages in. Default: it may.
    ///   - now: seconds since 1970-01-01 UTC. Default: the system's clock.
    ///   - logger: for what happens (debug; never texts or tokens, and names of accounts only with `logCompat`).
    public init(
        configuration: SupportConfiguration, messages: any MessageStore, accounts: any AccountStore,
        limiter: any RateLimiter, loop: any EventLoop,
        allowsOrigin: @escaping @Sendable (Handshake) -> Bool = { _ in true },
        now: @escaping @Sendable () -> Double = SupportTimestamp.now, logger: Logger
    ) async {
        self.configuration = configuration
        self.messages = messages
        self.accounts = accounts
        self.limiter = limiter
        self.allowsOrigin = allowsOrigin
        let tokens = await SupportTokens(secrets: configuration.secrets, requireExpiry: configuration.requireExpiry)
        authenticator = SupportAuthenticator(
            cookie: configuration.cookie, tokens: tokens, accounts: accounts, now: now)
        publisher = Publisher(loop: loop, wait: configuration.orderWait)
        log = SupportLog(logger, isCompatible: configuration.logCompat)
    }

    /// Serves the clients of a namespace. All namespaces are one chat. To be called before the server listens, on all
    /// nodes in the same order.
    /// - Parameter namespace: the namespace.
    public func attach(to namespace: Namespace) {
        if publisher.all.isEmpty {
            namespace.onServerEvent(Self.ending) { [self] arguments, _ in
                if let room = arguments[0]?.string { endHere(room) }
            }
        }
        publisher.attach(to: namespace)
        listen(on: namespace)
    }

    /// What it has done since it was created.
    public var metrics: SupportMetrics {
        var metrics = counters.withLock { $0 }
        metrics.sockets = publisher.all.reduce(0) { $0 + $1.localSocketCount }
        return metrics
    }

    func count(_ body: (inout SupportMetrics) -> Void) {
        counters.withLock { body(&$0) }
    }
}

// MARK: - Ending logins

extension SupportApplication {
    /// Tells the nodes to disconnect the members of a room.
    private static let ending = "soporte:fin"

    /// Disconnects every client of an account, on all nodes, after the event `sesion_caducada`: its role has changed, or it
    /// was removed.
    /// - Parameter account: its name, as registered.
    public func endSessions(of account: String) { end(Rooms.user(account)) }

    /// Disconnects every client of a login, on all nodes, after the event `sesion_caducada`: somebody has logged out. The
    /// login is to be revoked in the account store before.
    /// - Parameter session: the claim `jti` of its token.
    public func endSession(_ session: String) { end(Rooms.session(session)) }

    private func end(_ room: String) {
        publisher.all.first?.serverSideEmit(Self.ending, .string(room))
        endHere(room)
    }

    private func endHere(_ room: String) {
        for namespace in publisher.all {
            let clients = namespace.local.to(room)
            clients.emit("sesion_caducada", [:])
            clients.disconnectSockets()
        }
    }
}

// MARK: - Old messages

extension SupportApplication {
    /// How often ``removeOldMessages()`` has work to do.
    public static let cleaningInterval: Duration = .seconds(600)

    /// Removes messages that are older than ``SupportConfiguration/retention``; does nothing if that is `nil`, or if a node
    /// has done so within ``cleaningInterval``. To be called again and again.
    public func removeOldMessages() async {
        guard let retention = configuration.retention else { return }
        let once = RateQuota(burst: 1, refill: Self.cleaningInterval)
        guard await limiter.take(1, from: "support/retention", once) == .allowed else { return }
        let limit = Int64(authenticator.now() * 1_000) - retention.milliseconds
        var total = 0
        do throws(StoreError) {
            while !Task.isCancelled {
                let removed = try await messages.removeMessages(before: limit, limit: Self.batch)
                total += removed
                guard removed == Self.batch else { break }
            }
        } catch {
            log.notRemoved(error)
        }
        guard total > 0 else { return }
        count { $0.removed += total }
        log.removed(total)
    }

    /// Messages removed at once.
    private static let batch = 1_000
}

extension Duration {
    /// Whole milliseconds.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        let whole = seconds.multipliedReportingOverflow(by: 1_000)
        return whole.overflow ? .max : whole.partialValue + attoseconds / 1_000_000_000_000_000
    }
}
