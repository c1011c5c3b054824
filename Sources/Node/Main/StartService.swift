import EngineServer
import Launch
import ServiceLifecycle

/// Begins to serve: waits for the shared state, binds every listener, says where each listens, and turns ready.
struct StartService: Service {
    let readiness: Readiness
    let waitUntilReady: @Sendable () async throws -> Void
    let listeners: [(address: ListenAddress, server: HTTPServer)]

    func run() async throws {
        try await waitUntilReady()
        for (address, server) in listeners {
            let bound: ListenAddress
            do {
                let port = try await server.bind().port ?? address.port
                bound = ListenAddress(host: address.host, port: port)
            } catch {
                throw LaunchError.unavailable("cannot listen on \(address): \(error)")
            }
            Launch.announce(address.name ?? "", at: "\(bound)")
        }
        readiness.beginServing()
        try? await gracefulShutdown()
    }
}
