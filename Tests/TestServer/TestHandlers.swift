import SocketIO
import SocketServer

/// What the test server does with each event. Every handler acknowledges when asked to.
struct TestHandlers: Sendable {
    /// This node's name in answers.
    let nodeName: String

    /// Registers all handlers.
    func register(on namespace: Namespace) {
        namespace.onConnection { socket in socket.emit("auth", socket.auth) }
        registerMessages(on: namespace)
        registerCompression(on: namespace)
        registerRooms(on: namespace)
        registerCluster(on: namespace)
        registerFeatures(on: namespace)
        registerSocket(on: namespace)
        registerRecovery(on: namespace)
        registerRequests(on: namespace)
        registerTyped(on: namespace)
    }

    /// What the client sends back, and who it is.
    private func registerSocket(on namespace: Namespace) {
        namespace.on("set-data") { event in
            event.socket.data = event.arguments[0] ?? .null
            event.acknowledge("ok")
        }
        namespace.on("whoami") { [nodeName] event in
            event.acknowledge([
                "id": .string(event.socket.id), "recovered": .bool(event.socket.isRecovered),
                "pid": .int(processID), "node": .string(nodeName),
                "rooms": .array(event.socket.rooms.sorted().map { .string($0) }),
            ])
        }
    }
}

extension Event {
    /// An argument that must be a string, such as the name of a room.
    func text(_ index: Int) throws -> String {
        guard let text = arguments[index]?.string else {
            let problem = "argument \(index + 1) must be a string"
            acknowledge(.string(problem))
            throw WrongArgument(description: problem)
        }
        return text
    }

    /// Does something slow and acknowledges with its result.
    func acknowledge(_ work: @escaping @Sendable () async -> Arguments) {
        let acknowledgement = acknowledgement
        // A program of its own may start tasks: the handler must return at once, and the client waits for the answer.
        Task { acknowledgement?.send(arguments: await work()) }
    }
}

/// An event came with an argument of another kind than expected.
struct WrongArgument: Error, CustomStringConvertible {
    let description: String
}
