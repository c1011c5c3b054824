import Adapter
import EngineServer
import Figures
import Launch
import Logging
import NIOCore
import ServiceLifecycle
import SocketServer
import Support
import SupportWeb
import WebAPI

/// *support* in a node: its store, application and accounts, and what is made of them.
struct SupportChat {
    /// The listener, whose main namespace belongs to the application.
    static let listener = "support"

    let settings: SupportSettings
    let store: any SupportStore
    let application: SupportApplication
    let accounts: SupportAccounts

    /// Opens the store and serves the namespaces.
    init(
        _ settings: SupportSettings, limiter: any RateLimiter, server: Server, loop: any EventLoop,
        trustedProxies: Int, logger: Logger
    ) async throws(LaunchError) {
        self.settings = settings
        do {
            store = try await settings.store.open(logger: logger)
        } catch {
            throw .configuration("support: \(error)")
        }
        application = await SupportApplication(
            configuration: settings.application, messages: store, accounts: store, limiter: limiter, loop: loop,
            allowsOrigin: { settings.allowsPage(of: $0, trustedProxies: trustedProxies) }, logger: logger)
        // Stock clients use the main namespace of the listener; new ones may name the application, anywhere (C.1).
        for namespace in [server.mainNamespace(of: Self.listener), server.namespace("/soporte")] {
            application.attach(to: namespace)
        }
        accounts = SupportAccounts(
            configuration: settings.accounts, store: store, limiter: limiter, logger: logger)
    }

    /// Cleans up meanwhile, and in the end.
    var service: any Service { SupportService(store: store, application: application) }

    /// The HTTP interface.
    func web(
        status: @escaping @Sendable () -> NodeStatus, metrics: (@Sendable () -> [Metric])?,
        trustedProxies: Int, bundle: ClientBundle?, logger: Logger
    ) -> SupportWeb {
        let sources = SupportWeb.Sources(
            status: status, metrics: metrics,
            allowsOrigin: { [origins = settings.origins] origin, host in origins.allows(origin, host: host) },
            endSession: { [application] in application.endSession($0) },
            endSessions: { [application] in application.endSessions(of: $0) })
        var configuration = SupportWeb.Configuration()
        configuration.guardStyle = settings.guardStyle
        configuration.trustedProxies = trustedProxies
        configuration.logCompat = settings.application.logCompat
        return SupportWeb(
            sources, configuration: configuration, authenticator: application.authenticator, messages: store,
            accounts: accounts, bundle: bundle, logger: logger)
    }

    /// Returns when the database answers and there is a desk to write to.
    func waitUntilReady() async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while (try? await store.check()) == nil {
            guard ContinuousClock.now < deadline else {
                throw LaunchError.unavailable("support: the database does not answer")
            }
            try await Task.sleep(for: .milliseconds(250))
        }
        let desk = settings.application.deskAccount
        do {
            switch try await accounts.ensureDesk(password: settings.adminPassword) {
            case .present, .created: break
            case .missing:
                throw LaunchError.configuration(
                    "support: there is no account \(desk); SWITCHBOARD_SUPPORT_ADMIN_PASSWORD makes one")
            case .notAdministrator:
                throw LaunchError.configuration(
                    "support: the account \(desk) is no administrator's; see --support-desk")
            }
        } catch let error as SupportAccounts.DeskError {
            throw LaunchError.configuration("support: \(error)")
        }
    }
}
