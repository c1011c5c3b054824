import Cluster
import SocketIO
import SocketServer

extension TestHandlers {
    /// Tells everybody which sockets did not come back in time.
    func registerRecovery(on namespace: Namespace) {
        namespace.onSessionExpired { session in
            namespace.emit("expired", .string(session.id), .array(session.rooms.sorted().map { .string($0) }))
        }
    }
}
