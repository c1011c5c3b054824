import EngineIO
import HTTPCodec
import NIOCore
import NIOHTTP1

extension HTTPConnection {
    /// Hands a request to whoever answers it.
    func dispatch(_ request: IncomingRequest, _ head: RequestHead, _ exchange: consuming Exchange) {
        switch request.mount.map({ listener.mounts[$0].content }) {
        case .engine(let engine):
            engine.serve(EngineRequest(head: head, body: request.body, peer: peer), exchange, on: self)
        case .webSocketEcho(let maxMessageSize, let settings):
            serveEcho(head, maxMessageSize: maxMessageSize, settings, exchange)
        case nil where others != nil:
            pass(request, head)
        case nil:
            serveResponder(head, request.body ?? ByteBuffer(), exchange)
        }
    }

    private func serveEcho(
        _ head: RequestHead, maxMessageSize: Int, _ settings: PerMessageDeflate?, _ exchange: Exchange
    ) {
        guard let context else { return }
        let agreement = WebSocketUpgrade.agreement(head, settings)
        switch WebSocketUpgrade.accept(head, agreement) {
        case .failure(let refusal):
            exchange.respond(refusal.response)
        case .success(let response):
            let webSocket = WebSocketConnection(
                maxMessageSize: maxMessageSize, outboundLimit: 4 * maxMessageSize,
                messageTimeout: EngineConfiguration().messageTimeout, outbox: Outbox(loop: context.eventLoop),
                compression: agreement.map {
                    WebSocketCompression(
                        $0, threshold: settings?.threshold ?? 0, maxMessageSize: maxMessageSize,
                        compressors: Compressors(settings, http: nil))
                })
            webSocket.receiver = WebSocketEcho()
            exchange.upgrade(to: NIOLoopBound(webSocket, eventLoop: context.eventLoop), response: response)
        }
    }

    private func serveResponder(_ head: RequestHead, _ body: ByteBuffer, _ exchange: Exchange) {
        guard let responder = listener.responder else { return exchange.respond(Response(status: .notFound)) }
        let request = HTTPServerRequest(
            head: HTTPRequestHead(head), body: body, remoteAddress: peer.address, isSecure: peer.isSecure)
        // A task of its own: responders are asynchronous, and nothing structured reaches a channel handler. It is
        // cancelled when the client goes away, and its answer is ignored then.
        setAnswerer(.responder(Task { exchange.respond(Response(await responder.respond(to: request))) }))
    }
}
