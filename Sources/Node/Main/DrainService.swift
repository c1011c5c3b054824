import Logging
import ServiceLifecycle

/// Takes the node out of service in good order. It stands last in the service group, so it shuts down first: readiness
/// turns false, and gateways get time to notice it and to send new sessions elsewhere. Then the listeners close their
/// sessions with `server shutting down`, at which clients reconnect by themselves, and the shared state goes last.
struct DrainService: Service {
    let readiness: Readiness
    /// How long gateways get to notice: more than two of their probe intervals.
    let notice: Duration
    let logger: Logger

    func run() async throws {
        try? await gracefulShutdown()
        readiness.beginDraining()
        logger.notice("draining", metadata: ["notice": "\(notice)"])
        try? await Task.sleep(for: notice)
    }
}
