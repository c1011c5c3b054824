import EngineIO
import EngineServer
import Hummingbird
import HummingbirdSocketIO
import NIOCore
import NIOPosix
import SocketIO
import SocketServer

/// The examples of the README, to be compiled. Nothing here is called. (The first one is `Examples/Readme`.)
struct ReadmeSamples {
    struct Users: Sendable {
        func find(token: String?) async -> User? { nil }
    }

    struct Store: Sendable {
        func save(_ line: some Sendable) async throws -> Int { 0 }
    }
}

extension ReadmeSamples {
    func typedEvents(_ chat: Namespace) {
        let store = Store()
        struct Say: Codable {
            var room: String
            var text: String
        }
        enum Chat {
            static let say = SocketEvent<(Say) -> Int>("say")  // acknowledged with a number
            static let said = SocketEvent<(Say) -> Void>("said")
        }

        chat.on(Chat.say) { say, event in
            let id = try await store.save(say)
            event.socket.to(say.room).emit(Chat.said, say)
            return id
        }
    }

    func hummingbird(_ router: Router<BasicRequestContext>) async throws {
        let io = SocketServer.Server(group: MultiThreadedEventLoopGroup.singleton)
        io.namespace().on("hello") { event in event.acknowledge("world") }

        let app = Application(router: router, server: .socketIO(io))
        try await app.runService()
    }

    func requests(_ users: Users) {
        var configuration = EngineConfiguration()
        configuration.origins = .list(["https://*.example.com"])
        configuration.credentials = true
        configuration.hooks.allowRequest = { request in
            guard let user = await users.find(token: request.cookie("token")) else {
                throw RequestRefusal("who are you?")
            }
            request.values[User.self] = user
        }
    }

    func identity(_ event: Event) -> User? {
        // in a handler
        let user = event.socket.handshake.values[User.self]
        return user
    }
}
