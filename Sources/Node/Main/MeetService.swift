import Meet
import ServiceLifecycle

/// What *meet* does beside serving its clients, for as long as the node runs.
struct MeetService: Service {
    let application: MeetApplication

    func run() async {
        await cancelWhenGracefulShutdown { await application.run() }
        // Without limits there was nothing to do; a service that ends would end the node.
        try? await gracefulShutdown()
    }
}
