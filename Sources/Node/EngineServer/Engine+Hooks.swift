import EngineIO
import HTTPCodec
import Logging
import NIOHTTP1

// The order is that of the reference server: cross-origin rules, middleware, checks of the protocol, `allowRequest`.

extension Engine {
    /// Serves a request through the middleware. Called on the connection's loop.
    /// - Parameters:
    ///   - request: the request.
    ///   - visitor: its answer to be.
    ///   - connection: the connection that it came on.
    func serveWithHooks(
        _ request: EngineRequest, _ visitor: Visitor, on connection: HTTPConnection
    ) {
        let client = ClientRequest(
            method: HTTPMethod(rawValue: request.head.methodText), handshake: handshake(request))
        guard !configuration.hooks.middleware.isEmpty else {
            return serve(request, hooked(visitor, client), on: connection)
        }
        let run = HookRun(
            pass, request: client, timeout: configuration.hooks.timeout, loop: visitor.exchange.loop,
            whenAbandoned: { self.postEnded(client, visitor, isRefused: false) },
            whenEnded: { outcome in
                switch outcome {
                case .passed(let client):
                    self.serve(request, self.hooked(visitor, client), on: connection)
                case .answered(let answer, let client):
                    self.postEnded(client, visitor, isRefused: true)
                    self.answer(answer, self.hooked(visitor, client))
                case .failed(let error):
                    self.postEnded(client, visitor, isRefused: true)
                    self.refuse(.badRequest, because: error, visitor)
                }
            })
        connection.setAnswerer(.hook(run))
    }

    /// Asks `allowRequest`, if there is one, whether a session may be opened. Called on the connection's loop.
    /// - Parameters:
    ///   - hooked: the handshake.
    ///   - visitor: its answer to be.
    ///   - connection: the connection that it came on.
    ///   - open: opens the session.
    func whenAllowed(
        _ hooked: HookedRequest, _ visitor: Visitor, on connection: HTTPConnection, open: @escaping (Visitor) -> Void
    ) {
        guard let allowRequest = configuration.hooks.allowRequest else { return open(visitor) }
        let ask: RequestHooks.Middleware = { request in
            try await allowRequest(&request)
            return nil
        }
        let run = HookRun(
            ask, request: hooked.request, timeout: configuration.hooks.timeout, loop: visitor.exchange.loop,
            whenAbandoned: {},
            whenEnded: { outcome in
                switch outcome {
                case .passed(let client), .answered(_, let client): open(self.hooked(visitor, client))
                case .failed(let error): self.refuse(.forbidden, because: error, visitor)
                }
            })
        connection.setAnswerer(.hook(run))
    }

    /// All middleware, one after the other.
    private func pass(_ request: inout ClientRequest) async throws -> HTTPServerResponse? {
        for middleware in configuration.hooks.middleware {
            if let answer = try await middleware(&request) { return answer }
        }
        return nil
    }

    private func hooked(_ visitor: Visitor, _ client: ClientRequest) -> Visitor {
        var visitor = visitor
        visitor.hooked = HookedRequest(client, hooks: configuration.hooks, logger: logger)
        return visitor
    }

    private func answer(_ answer: HTTPServerResponse, _ visitor: Visitor) {
        var response = Response(answer)
        let fields = response.fields + visitor.crossOrigin
        response.fields = visitor.hooked?.fields(fields) ?? fields
        visitor.exchange.respond(response)
    }

    /// Refuses a request because of what a hook threw: the client is told only what was meant for it.
    private func refuse(_ standard: HandshakeError, because error: any Error, _ visitor: Visitor) {
        if let refusal = error as? RequestRefusal {
            refuse(.forbidden, message: refusal.message, visitor)
        } else {
            logger.error("hook of a request failed", metadata: ["error": "\(error)"])
            refuse(standard, visitor)
        }
    }

    /// A POST request whose body took its time will not get to its session, which may know of it.
    private func postEnded(_ client: ClientRequest, _ visitor: Visitor, isRefused: Bool) {
        guard client.method == .POST, let sessionID = client.query("sid") else { return }
        guard let session = address(of: SessionID(sessionID)) else { return }
        postAborted(session, on: visitor.exchange.id.connection, isRefused: isRefused)
    }
}
