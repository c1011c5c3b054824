import Logging
import ServiceLifecycle
import SocketServer

/// Takes the node out of service in good order. It stands last in the service group, so it shuts down first: readiness
/// turns false, and gateways get time to notice it and to send new sessions elsewhere. Then the sessions are closed with
/// `server shutting down`, at which clients reconnect by themselves, little by little if they are many. Then the
/// node gives its lease back, so that others take over what their clients send to those who have not come back yet. Then the
/// listeners go, and the shared state goes last.
struct DrainService: Service {
    let readiness: Readiness
    /// How long gateways get to notice: more than two of their probe intervals.
    let notice: Duration
    let server: Server
    /// How long closing the sessions may take.
    let time: Duration
    /// Tells the other nodes that this one is gone, and hears them out.
    let handOver: @Sendable () async -> Void
    let logger: Logger

    func run() async throws {
        try? await gracefulShutdown()
        readiness.beginDraining()
        logger.notice("draining", metadata: ["notice": "\(notice)"])
        try? await Task.sleep(for: notice)
        await server.drain(
            over: time,
            progress: { [logger] progress in
                logger.info(
                    "draining", metadata: ["closed": "\(progress.closed)", "remaining": "\(progress.remaining)"])
            }, handOver: handOver)
    }
}
