import Adapter
import NIOCore
import SocketIO
import SocketServer

/// What clients and this server say to each other in types.
private enum Typed {
    struct Line: Codable {
        var text: String
        var stars: Int?
        var tags: [String: [Int]]
        var photo: ByteBuffer?
    }

    enum Move: Codable {
        case to(x: Int, y: Int)
        case home
    }

    static let add = SocketEvent<(Int, Int) -> Int>("typed-add")
    static let line = SocketEvent<(Line) -> Line>("typed-line")
    static let move = SocketEvent<(Move, UInt8?) -> Void>("typed-move")
    static let moved = SocketEvent<(Move, UInt8?) -> Void>("typed-moved")
    static let ready = SocketEvent<() -> Void>("typed-ready")
    static let ask = SocketEvent<(Int, String) -> Int>("typed-ask")
    static let question = SocketEvent<(Line) -> Int>("typed-question")
    static let vote = SocketEvent<(String) -> [String: Int]>("typed-vote")
    static let slow = SocketEvent<(Int) -> Int>("slow")
}

private struct SecretError: Error {}

private enum HeardKey: StorageKey { typealias Value = [String] }

extension TestHandlers {
    /// Typed events, asynchronous handlers, what they throw, and listeners.
    func registerTyped(on namespace: Namespace) {
        registerTypedEvents(on: namespace)
        registerAsynchronous(on: namespace)
        registerFailing(on: namespace)
        registerListeners(on: namespace)
    }

    private func registerTypedEvents(on namespace: Namespace) {
        namespace.on(Typed.add) { first, second, _ in
            let (sum, overflow) = first.addingReportingOverflow(second)
            guard !overflow else { throw EventError("too large", code: "overflow", data: [.int(Int64(first))]) }
            return sum
        }
        namespace.on(Typed.line) { line, _ in
            var line = line
            line.text = line.text.uppercased()
            line.stars = (line.stars ?? 0) + 1
            return line
        }
        namespace.on(Typed.move) { move, speed, event in event.socket.namespace.emit(Typed.moved, move, speed) }
        namespace.on(Typed.ready) { _ in }
    }

    private func registerAsynchronous(on namespace: Namespace) {
        namespace.on(Typed.slow) { number, event in
            // Every hundredth takes its time, so that a later one would overtake it if it could.
            if number % 100 == 0 { try await Task.sleep(for: .milliseconds(2)) } else { await Task.yield() }
            event.socket.emit("slow-done", .int(Int64(number)))
            return number
        }
        namespace.on(Typed.ask) { number, text, event in
            let line = Typed.Line(text: text, tags: ["n": [number]])
            return try await event.socket.emitWithAcknowledgement(Typed.question, line, timeout: .seconds(2)) + number
        }
        namespace.on(Typed.vote) { topic, event in
            let answer = try await event.socket.namespace.timeout(.seconds(1))
                .emitWithAcknowledgement(Typed.question, Typed.Line(text: topic, tags: [:]))
            return ["sum": answer.elements.reduce(0, +), "expected": answer.expected, "missing": answer.missing]
        }
        namespace.on("enter-slowly") { event in
            let room = try event.arguments.decode(String.self, at: 0)
            try await event.socket.join(room)
            event.socket.to(room).emit("entered", .string(event.socket.id))
            event.acknowledge(.string(try await event.socket.withSocket { $0.rooms.contains(room) ? "in" : "out" }))
        }
        namespace.on("hang") { event in
            let (id, namespace) = (event.socket.id, event.socket.namespace)
            event.acknowledge("hanging")
            do { try await Task.sleep(for: .seconds(3_600)) } catch { namespace.emit("cancelled", .string(id)) }
        }
    }

    private func registerFailing(on namespace: Namespace) {
        namespace.on("fail") { event in
            guard event.arguments.isEmpty else { throw EventError("refused", code: "no_arguments") }
            throw SecretError()
        }
        namespace.on("fail-later") { event in
            await Task.yield()
            guard event.arguments.isEmpty else { throw EventError("refused", code: "no_arguments") }
            throw SecretError()
        }
        namespace.on("guard") { event in
            event.socket.use { event in
                guard event.name != "message" else { throw EventError("no messages", code: "guarded") }
            }
            event.socket.onError { error, event in
                event.socket.emit("failed", .string(event.name), .bool(error is EventError))
            }
            event.acknowledge("ok")
        }
    }

    /// `listen` makes the socket note what it hears; `heard` tells the notes, once.
    private func registerListeners(on namespace: Namespace) {
        namespace.on("listen") { event in
            let socket = event.socket
            socket.storage[HeardKey.self] = []
            socket.onAny { $0.socket.storage[HeardKey.self]?.append("any \($0.name)") }
            socket.prependAny { $0.socket.storage[HeardKey.self]?.append("first \($0.name)") }
            socket.onAnyOutgoing { $0.socket.storage[HeardKey.self]?.append("out \($0.name) \($0.arguments.count)") }
            socket.once("once") { $0.acknowledge("once") }
            event.acknowledge("ok")
        }
        namespace.on("heard") { event in
            event.acknowledge(.array((event.socket.storage[HeardKey.self] ?? []).map { .string($0) }))
            event.socket.storage[HeardKey.self] = nil
            event.socket.offAny()
            event.socket.offAnyOutgoing()
        }
    }
}
