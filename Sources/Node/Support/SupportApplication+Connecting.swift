import EngineIO
import SocketIO
import SocketServer
import Synchronization

/// From CONNECT to disconnect: who it is, which rooms, what it has missed, and when its time is over.
extension SupportApplication {
    func listen(on namespace: Namespace) {
        namespace.use { [self] context in try await authenticate(&context) }
        namespace.onConnection { [self] socket in connected(socket) }
        namespace.on("mensaje_privado") { [self] event in await send(event) }
    }

    private func authenticate(_ context: inout ConnectContext) async throws {
        guard allowsOrigin(context.handshake) else { throw ConnectError("Origen no permitido") }
        let cookies = context.handshake.headers.filter { $0.name == "cookie" }.map(\.value).joined(separator: "; ")
        let token = configuration.acceptsAuthToken ? context.auth["token"]?.string : nil
        do throws(SupportAuthenticationError) {
            let identity = try await authenticator.identify(cookies: cookies, orElse: token)
            // A connection is restored for the account that had it only.
            if context.isRecovered, context.data["usuario"]?.string != identity.user {
                throw .invalidToken(.otherAccount)
            }
            context.data = ["usuario": .string(identity.user), "rol": .string(identity.role.rawValue)]
            context.storage[SupportIdentityKey.self] = identity
        } catch {
            count { $0.authenticationFailures[error.message, default: 0] += 1 }
            log.refused(error)
            throw ConnectError(error.message)
        }
    }

    /// Runs before the client hears of its CONNECT, so nothing that is sent right after is missed.
    private func connected(_ socket: Socket) {
        guard let identity = socket.storage[SupportIdentityKey.self] else { return socket.disconnect() }
        do throws(RoomLimitReached) {
            for room in socket.rooms where room != socket.id { socket.leave(room) }
            try socket.join(Rooms.user(identity.user))
            if identity.role == .admin { try socket.join(Rooms.admins) }
            if let session = identity.session { try socket.join(Rooms.session(session)) }
        } catch {
            return socket.disconnect()
        }
        socket.onUnhandled { [self] event in refuse(.invalidData, event.acknowledgement) }
        socket.onDisconnect { [self, id = socket.id] reason in log.disconnected(id, identity, reason: reason) }
        log.connected(socket.id, identity)
        if configuration.enforceExpiry, let expiry = identity.expiry { watchExpiry(of: socket, expiry) }
        catchUp(socket, identity)
    }

    /// Disconnects a socket when its token expires. Looks at the clock at least once an hour, since it may be set.
    private func watchExpiry(of socket: Socket, _ expiry: Double) {
        let rest = min(max(expiry - authenticator.now(), 0), 3_600)
        socket.schedule(after: .milliseconds(Int64((rest * 1_000).rounded(.up)))) { [self] socket in
            guard authenticator.now() < expiry else {
                socket.emit("sesion_caducada", [:])
                return socket.disconnect()
            }
            watchExpiry(of: socket, expiry)
        }
    }
}

/// How authentication hands over who a socket is.
enum SupportIdentityKey: StorageKey { typealias Value = SupportIdentity }
