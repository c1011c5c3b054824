import EngineIO
import HTTPCodec
import NIOCore
import NIOHTTP1

#if canImport(Glibc)
import Glibc
#endif

extension Engine {
    /// Serves a request. Called on the connection's loop.
    /// - Parameters:
    ///   - request: the request.
    ///   - exchange: its answer to be.
    ///   - connection: the connection that it came on.
    func serve(_ request: EngineRequest, _ exchange: Exchange, on connection: HTTPConnection) {
        var fields = ""
        // Asked first, since to hand all settings over costs more than the question.
        if request.head.fields.contains("origin") {
            switch CrossOrigin(request.head, configuration) {
            case .forbidden:
                return refuse(.forbidden, Visitor(exchange: exchange, crossOrigin: "", acceptedCodings: []))
            case .preflight(let fields):
                let status = HTTPResponseStatus(statusCode: configuration.cors.preflightStatus)
                return exchange.respond(Response(status: status, fields: fields))
            case .allowed(let allowed):
                fields = allowed
            }
        }
        var visitor = Visitor(exchange: exchange, crossOrigin: fields, acceptedCodings: acceptedCodings(request.head))
        let query = QueryString(request.head.query)
        if configuration.hooks.isEmpty {
            serve(request, query, visitor, on: connection)
        } else {
            visitor.arrived = .now
            serveWithHooks(request, query, visitor, on: connection)
        }
    }

    /// Serves a request that the middleware has let pass, if there is any.
    func serve(_ request: EngineRequest, _ query: QueryString, _ visitor: Visitor, on connection: HTTPConnection) {
        do throws(HandshakeError) {
            let purpose = try RequestPurpose(
                method: request.head.methodText, query: query,
                isWebSocket: WebSocketUpgrade.isRequested(by: request.head), transports: configuration.transports,
                allowsVersion3: configuration.allowEIO3)
            try requireOrigin(request.head, purpose)
            try limitHandshakes(request, purpose)
            try serve(purpose, request, query, visitor, on: connection)
        } catch {
            refuse(error, visitor)
        }
    }

    /// Where an `Origin` is required, it is at the handshake: what follows names a session, and not every client repeats
    /// its headers there.
    private func requireOrigin(_ head: RequestHead, _ purpose: RequestPurpose) throws(HandshakeError) {
        guard case .open = purpose, !configuration.allowMissingOrigin else { return }
        guard head.fields.contains("origin") else { throw .forbidden }
    }

    private func limitHandshakes(_ request: EngineRequest, _ purpose: RequestPurpose) throws(HandshakeError) {
        guard case .open = purpose else { return }
        guard admitsHandshake(from: request.address(trustedProxies: configuration.trustedProxies)) else {
            throw .tooManyHandshakes
        }
    }

    private func serve(
        _ purpose: RequestPurpose, _ request: EngineRequest, _ query: QueryString, _ visitor: Visitor,
        on connection: HTTPConnection
    ) throws(HandshakeError) {
        switch purpose {
        case .open(let transport, let version):
            let version3 = version == .v3 ? try version3(query, transport) : nil
            guard let hooked = visitor.hooked else { return open(transport, version3, request, query, visitor) }
            whenAllowed(hooked, visitor, on: connection) { [self] in open(transport, version3, request, query, $0) }
        case .upgrade(let sessionID):
            serveWebSocket(request, query, visitor, shard: try shard(of: sessionID), sessionID: sessionID)
        case .poll(let sessionID):
            connection.setAnswerer(.poll(self, sessionID: sessionID, visitor.exchange.id))
            bring(.poll, to: sessionID, on: try shard(of: sessionID), visitor)
        case .post(let sessionID):
            let isBinary = request.head.fields.first("content-type", is: "application/octet-stream")
            bring(.post(request.body, isBinary: isBinary), to: sessionID, on: try shard(of: sessionID), visitor)
        }
    }

    /// What a client of revision 3 asks for. Pages of any origin can read what JSONP answers, and its requests have no
    /// `Origin` to judge them by.
    private func version3(_ query: QueryString, _ transport: Transport) throws(HandshakeError) -> Version3 {
        let client = Version3(query: query)
        guard client.callback != nil, transport == .polling else { return client }
        guard case .any = configuration.origins else { throw .forbidden }
        return client
    }

    /// The client of a poll went away.
    func pollAborted(_ exchange: Exchange.ID, sessionID: String) {
        guard let shard = ids.shard(of: sessionID, shardCount: loops.count) else { return }
        onShard(shard) { $0.session(sessionID)?.pollAborted(exchange) }
    }

    /// The connection of a poll ended with the answer to it.
    func pollConnectionBroke(sessionID: String) {
        guard let shard = ids.shard(of: sessionID, shardCount: loops.count) else { return }
        onShard(shard) { $0.session(sessionID)?.pollConnectionBroke() }
    }

    /// The session that a POST request names.
    func session(ofPost head: RequestHead) -> String? {
        head.method == .post ? QueryString(head.query)["sid"] : nil
    }

    /// A POST request has begun, and its body is still to come: two at a time would lose the order of messages.
    /// - Parameters:
    ///   - sessionID: the session that it is for.
    ///   - connection: where it is being read.
    func postBegan(_ sessionID: String, on connection: Exchange.ConnectionID) {
        guard let shard = ids.shard(of: sessionID, shardCount: loops.count) else { return }
        onShard(shard) { $0.session(sessionID)?.postBegan(on: connection) }
    }

    /// A POST request that had begun will not be completed.
    /// - Parameters:
    ///   - sessionID: the session that it was for.
    ///   - connection: where it was being read.
    ///   - isRefused: whether we refused its body; else the client went away.
    func postAborted(_ sessionID: String, on connection: Exchange.ConnectionID, isRefused: Bool) {
        guard let shard = ids.shard(of: sessionID, shardCount: loops.count) else { return }
        onShard(shard) { $0.session(sessionID)?.postAborted(on: connection, isRefused: isRefused) }
    }

    /// Refuses a request.
    /// - Parameters:
    ///   - error: why.
    ///   - message: the text that the client gets. Default: the error's own.
    ///   - visitor: the request.
    func refuse(_ error: HandshakeError, message: String? = nil, _ visitor: Visitor) {
        countRefusal(error, on: home(of: visitor.exchange.loop))
        visitor.refuse(error, message: message)
    }

    private func shard(of sessionID: String) throws(HandshakeError) -> Int {
        guard let shard = ids.shard(of: sessionID, shardCount: loops.count) else { throw .unknownSessionID }
        return shard
    }

    /// What comes for a session.
    private enum Arrival: Sendable {
        case poll
        case post(ByteBuffer, isBinary: Bool)
        case webSocket(WebSocketArrival)
    }

    /// Brings a request to its session: most sessions live on the loop of the connection, and cost no closure.
    private func bring(_ arrival: Arrival, to sessionID: String, on shard: Int, _ visitor: Visitor) {
        if let shard = shardHere(shard) { return Self.bring(arrival, to: sessionID, on: shard, visitor) }
        onShard(shard) { Self.bring(arrival, to: sessionID, on: $0, visitor) }
    }

    private static func bring(_ arrival: Arrival, to sessionID: String, on shard: EngineShard, _ visitor: Visitor) {
        guard let session = shard.session(sessionID) else { return visitor.refuse(.unknownSessionID) }
        switch arrival {
        case .poll: session.pollArrived(visitor)
        case .post(let body, let isBinary): session.postArrived(body, isBinary: isBinary, visitor)
        case .webSocket(let arrival): arrival.join(session)
        }
        shard.publish()
    }

    /// What the layer above gets to know of the client of a request.
    func handshake(_ request: EngineRequest) -> Handshake {
        request.handshake(trustedProxies: configuration.trustedProxies, issued: Self.millisecondsSince1970())
    }

    private static func millisecondsSince1970() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    // MARK: Opening

    private var hasRoom: Bool { acceptor.acceptsSessions && sessionCount < configuration.maxSessions }

    private func open(
        _ transport: Transport, _ version3: Version3?, _ request: EngineRequest, _ query: QueryString,
        _ visitor: Visitor
    ) {
        let shard = home(of: visitor.exchange.loop)
        var visitor = visitor
        visitor.arrived = visitor.arrived ?? .now
        switch transport {
        case .polling: openPolling(request, query, visitor, shard: shard, version3: version3)
        case .websocket:
            serveWebSocket(request, query, visitor, shard: shard, sessionID: nil, version3: version3)
        }
    }

    private func openPolling(
        _ request: EngineRequest, _ query: QueryString, _ visitor: Visitor, shard: Int, version3: Version3?
    ) {
        guard hasRoom else { return visitor.refuseForWantOfRoom() }
        let handshake = visitor.hooked?.request.handshake ?? handshake(request)
        onShard(shard) { [cookie = configuration.cookie] shard in
            guard !shard.isClosed else { return visitor.refuseForWantOfRoom() }
            shard.open(.polling, version3, handshake, arrived: visitor.arrived ?? .now) { session, openPacket in
                let (payload, type) = OutgoingMessage.payload([openPacket], for: version3)
                visitor.answer(payload, type, fields: cookie?.line(value: session.id) ?? "")
            }
        }
    }

    private func serveWebSocket(
        _ request: EngineRequest, _ query: QueryString, _ visitor: Visitor, shard: Int, sessionID: String?,
        version3: Version3? = nil
    ) {
        let loop = visitor.exchange.loop
        let response: ByteBuffer
        let agreement = WebSocketUpgrade.agreement(request.head, configuration.perMessageDeflate)
        switch WebSocketUpgrade.accept(request.head, agreement) {
        case .failure(let refusal): return visitor.exchange.respond(refusal.response)
        case .success(let head): response = head
        }
        // The connection's own outbox is the one of the shard on its loop, whichever shard the session is in.
        let outbox = outbox(on: loop)
        let connection = NIOLoopBound(
            WebSocketConnection(
                maxMessageSize: configuration.maxPayload, outboundLimit: configuration.outboundLimit,
                messageTimeout: configuration.messageTimeout, outbox: outbox,
                compression: compression(agreement, on: loop)),
            eventLoop: loop)
        let arrival = WebSocketArrival(connection: connection, loop: loop, response: response, visitor: visitor)
        if let sessionID {
            bring(.webSocket(arrival), to: sessionID, on: shard, visitor)
        } else {
            guard hasRoom else { return visitor.refuseForWantOfRoom() }
            let handshake = visitor.hooked?.request.handshake ?? handshake(request)
            onShard(shard) { [cookie = configuration.cookie] shard in
                guard !shard.isClosed else { return visitor.refuseForWantOfRoom() }
                shard.open(.websocket, version3, handshake, arrived: visitor.arrived ?? .now) { session, openPacket in
                    arrival.open(session, openPacket: openPacket, cookie: cookie?.line(value: session.id) ?? "")
                }
            }
        }
    }
}
