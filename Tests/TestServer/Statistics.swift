import Adapter
import EngineIO
import EngineServer
import NIOCore
import NIOHTTP1
import SocketIO
import Synchronization

/// Answers `/stats` with what engines and listeners have counted, so that tests see with which reason somebody was cut,
/// and `/peer` with who asks.
final class Statistics: HTTPResponder {
    private let engines: [Engine]
    private let adapters: any AdapterFactory
    private let servers = Mutex<[HTTPServer]>([])

    init(_ engines: [Engine], adapters: any AdapterFactory) {
        self.engines = engines
        self.adapters = adapters
    }

    func add(_ server: HTTPServer) {
        servers.withLock { $0.append(server) }
    }

    func respond(to request: HTTPServerRequest) async -> HTTPServerResponse {
        switch request.head.uri {
        case "/stats": Self.answer(counts)
        case "/peer": Self.answer(["address": .string(request.remoteAddress), "secure": .bool(request.isSecure)])
        default: HTTPServerResponse(status: .notFound)
        }
    }

    private var counts: Value {
        let engine = engines.reduce(into: EngineMetrics()) { $0.add($1.metrics) }
        let adapter = adapters.metrics
        let listener = servers.withLock { $0 }.reduce(into: ListenerMetrics()) { $0.add($1.metrics) }
        return [
            "sessions": .int(Int64(engine.sessions)), "closed": Self.counts(engine.closed.map { ($0.rawValue, $1) }),
            "refused": .int(Int64(engine.refused)), "handshakesLimited": .int(Int64(engine.handshakesLimited)),
            "connections": .int(Int64(listener.connections)),
            "cut": Self.counts(listener.cut.map { ($0.rawValue, $1) }),
            "cluster": Self.counts([
                ("broadcasts", adapter.broadcasts), ("direct", adapter.direct), ("requests", adapter.requests),
                ("answers", adapter.answers), ("received", adapter.received), ("missed", adapter.missed),
            ]),
        ]
    }

    private static func answer(_ value: Value) -> HTTPServerResponse {
        var body = ByteBuffer()
        value.writeJSON(to: &body)
        return HTTPServerResponse(status: .ok, headers: ["content-type": "application/json"], body: body)
    }

    private static func counts(_ counts: [(String, Int)]) -> Value {
        var object = Value.Object()
        for (name, count) in counts { object[name] = .int(Int64(count)) }
        return .object(object)
    }
}
