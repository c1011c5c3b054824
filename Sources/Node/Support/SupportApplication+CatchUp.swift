import SocketIO
import SocketServer
import Synchronization

extension SupportApplication {
    /// Sends a client what it missed, if it says what it knows. It is in its rooms already, so nothing falls between what
    /// the store has and what comes live; what comes live while the store is read is not sent again.
    func catchUp(_ socket: Socket, _ identity: SupportIdentity) {
        guard let catchUp = CatchUp(socket.auth) else { return }
        let progress = Progress(catchUp)
        let token = socket.onAnyOutgoing { event in progress.update { $0.sent(event.arguments[0]) } }
        let (handle, limit) = (SocketHandle(socket), configuration.catchUpLimit)
        // A task, because the store is asked from an event loop; the store bounds its time.
        Task { [messages] in
            let page = catchUp.page(limit: limit)
            let missed =
                identity.role == .admin
                ? try? await messages.messages(page) : try? await messages.messages(of: identity.user, page)
            try await handle.withSocket { socket in
                socket.offAnyOutgoing(token)
                socket.emit("sincronizacion", progress.update { $0.payload(missed, limit: limit) })
            }
        }
    }
}

/// A catch-up that both the socket's loop and the task know.
private final class Progress: Sendable {
    private let catchUp: Mutex<CatchUp>

    init(_ catchUp: CatchUp) { self.catchUp = Mutex(catchUp) }

    func update<Result: Sendable>(_ body: (inout CatchUp) -> Result) -> Result { catchUp.withLock { body(&$0) } }
}
