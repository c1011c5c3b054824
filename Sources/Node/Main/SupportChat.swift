import Adapter
import Launch
import Logging
import NIOCore
import ServiceLifecycle
import SocketServer
import Support

/// *support* in a node: its store and application, and what is made of them.
struct SupportChat {
    /// The listener, whose main namespace belongs to the application.
    static let listener = "support"

    let settings: SupportSettings
    let store: any SupportStore
    let application: SupportApplication

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
    }

    /// Cleans up meanwhile, and in the end.
    var service: any Service { SupportService(store: store, application: application) }

    /// Returns when the database answers and there is a desk to write to.
    func waitUntilReady() async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while (try? await store.check()) == nil {
            guard ContinuousClock.now < deadline else {
                throw LaunchError.unavailable("support: the database does not answer")
            }
            try await Task.sleep(for: .milliseconds(250))
        }
    }
}
