import EngineServer
import Launch
import NIOCore
import ServiceLifecycle

/// Begins to serve: binds every listener and says where each listens, so that `/healthz` answers; then waits for the
/// shared state, and turns ready.
struct StartService: Service {
    /// A listener and where it is to listen.
    typealias Listener = (address: ListenAddress, server: HTTPServer)

    let readiness: Readiness
    let listeners: [Listener]
    let waitUntilReady: @Sendable () async throws -> Void

    func run() async throws {
        for (address, server) in listeners {
            let bound: ListenAddress
            do {
                let port = try await server.bind().port
                bound =
                    address.tcp.map { ListenAddress(host: $0.host, port: port ?? $0.port) }
                    ?? ListenAddress(address.place)
            } catch {
                throw LaunchError.unavailable("cannot listen on \(address): \(error)")
            }
            Launch.announce(address.name ?? "metrics", at: "\(bound)")
        }
        do {
            try await cancelWhenGracefulShutdown(waitUntilReady)
        } catch is CancellationError {
            return
        }
        readiness.beginServing()
        ServiceManager.tell(.ready)
        try? await gracefulShutdown()
    }
}
