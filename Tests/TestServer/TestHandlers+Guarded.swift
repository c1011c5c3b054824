import SocketIO
import SocketServer

extension TestHandlers {
    /// Lets only those into a namespace who bring the token `open sesame`. Who brings another is told which.
    func guardEntrance(of namespace: Namespace) {
        namespace.use { context in
            guard let token = context.auth["token"] else { throw ConnectError("token missing") }
            guard token == "open sesame" else { throw ConnectError("token wrong", data: ["token": token]) }
        }
    }
}
