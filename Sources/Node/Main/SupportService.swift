import ServiceLifecycle
import Support

/// Removes old messages from time to time, and closes the store when everything that uses it has ended.
struct SupportService: Service {
    let store: any SupportStore
    let application: SupportApplication

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true {
                await application.removeOldMessages()
                try await Task.sleep(for: SupportApplication.cleaningInterval)
            }
        }
        await store.close()
    }
}
