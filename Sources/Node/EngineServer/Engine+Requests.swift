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
    func serve(_ request: EngineRequest, _ exchange: consuming Exchange, on connection: HTTPConnection) {
        var fields = ""
        // Asked first, since to hand all settings over costs more than the question.
        if request.head.hasField("origin") {
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
        if hasHooks {
            visitor.arrived = .now
            serveWithHooks(request, visitor, on: connection)
        } else {
            serve(request, visitor, on: connection)
        }
    }

    /// Serves a request that the middleware has let pass, if there is any.
    func serve(_ request: EngineRequest, _ visitor: Visitor, on connection: HTTPConnection) {
        do throws(HandshakeError) {
            var items = QueryString.ProtocolItems()
            request.head.withQuery { items = QueryString.ProtocolItems($0) }
            let purpose = try RequestPurpose(
                method: request.head.methodText, items: items,
                isWebSocket: WebSocketUpgrade.isRequested(by: request.head), transports: configuration.transports,
                allowsVersion3: configuration.allowEIO3)
            try requireOrigin(request.head, purpose)
            try limitHandshakes(request, purpose)
            try serve(purpose, request, visitor, on: connection)
        } catch {
            refuse(error, visitor)
        }
    }

    /// Where an `Origin` is required, it is at the handshake: what follows names a session, and not every client repeats
    /// its headers there.
    private func requireOrigin(_ head: RequestHead, _ purpose: RequestPurpose) throws(HandshakeError) {
        guard case .open = purpose, !configuration.allowMissingOrigin else { return }
        guard head.hasField("origin") else { throw .forbidden }
    }

    private func limitHandshakes(_ request: EngineRequest, _ purpose: RequestPurpose) throws(HandshakeError) {
        guard case .open = purpose else { return }
        guard admitsHandshake(from: request.address(trustedProxies: configuration.trustedProxies)) else {
            throw .tooManyHandshakes
        }
    }

    private func serve(
        _ purpose: RequestPurpose, _ request: EngineRequest, _ visitor: Visitor, on connection: HTTPConnection
    ) throws(HandshakeError) {
        switch purpose {
        case .open(let transport, let version):
            let version3 = version == .v3 ? try version3(QueryString(request.head.query), transport) : nil
            guard let hooked = visitor.hooked else { return open(transport, version3, request, visitor) }
            whenAllowed(hooked, visitor, on: connection) { [self] in open(transport, version3, request, $0) }
        case .upgrade(let sessionID):
            let session = try knownAddress(of: sessionID)
            guard let arrival = acceptWebSocket(request, visitor) else { return }
            bring(.webSocket(arrival), to: session, visitor)
        case .poll(let sessionID):
            let session = try knownAddress(of: sessionID)
            connection.setAnswerer(.poll(self, session, visitor.exchange.id))
            bring(.poll, to: session, visitor)
        case .post(let sessionID):
            let isBinary = request.head.fields.first("content-type", is: "application/octet-stream")
            bring(.post(request.body ?? ByteBuffer(), isBinary: isBinary), to: try knownAddress(of: sessionID), visitor)
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
    func pollAborted(_ exchange: Exchange.ID, of session: SessionAddress) {
        onShard(session.shard) { $0.session(session.key)?.pollAborted(exchange) }
    }

    /// The connection of a poll ended with the answer to it.
    func pollConnectionBroke(_ session: SessionAddress) {
        onShard(session.shard) { $0.session(session.key)?.pollConnectionBroke() }
    }

    /// The session that a POST request names.
    func session(ofPost head: RequestHead) -> SessionAddress? {
        head.method == .post ? QueryString(head.query)["sid"].flatMap { address(of: SessionID($0)) } : nil
    }

    /// A POST request has begun, and its body is still to come: two at a time would lose the order of messages.
    /// - Parameters:
    ///   - session: the session that it is for.
    ///   - connection: where it is being read.
    func postBegan(_ session: SessionAddress, on connection: Exchange.ConnectionID) {
        onShard(session.shard) { $0.session(session.key)?.postBegan(on: connection) }
    }

    /// A POST request that had begun will not be completed.
    /// - Parameters:
    ///   - session: the session that it was for.
    ///   - connection: where it was being read.
    ///   - isRefused: whether we refused its body; else the client went away.
    func postAborted(_ session: SessionAddress, on connection: Exchange.ConnectionID, isRefused: Bool) {
        onShard(session.shard) { $0.session(session.key)?.postAborted(on: connection, isRefused: isRefused) }
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

    /// What the id of a session says; `nil` if it cannot be one of ours.
    func address(of sessionID: SessionID) -> SessionAddress? {
        ids.address(of: sessionID, shardCount: loops.count)
    }

    private func knownAddress(of sessionID: SessionID) throws(HandshakeError) -> SessionAddress {
        guard let address = address(of: sessionID) else { throw .unknownSessionID }
        return address
    }

    /// What comes for a session.
    private enum Arrival: Sendable {
        case poll
        case post(ByteBuffer, isBinary: Bool)
        /// Somewhere else, so that the others are small.
        indirect case webSocket(WebSocketArrival)
    }

    /// Brings a request to its session: most sessions live on the loop of the connection, and cost no closure.
    private func bring(_ arrival: Arrival, to session: SessionAddress, _ visitor: Visitor) {
        if let shard = shardHere(session.shard, visitor.exchange.loop) {
            return Self.bring(arrival, to: session.key, on: shard, visitor)
        }
        onShard(session.shard) { Self.bring(arrival, to: session.key, on: $0, visitor) }
    }

    private static func bring(_ arrival: Arrival, to key: SessionKey, on shard: EngineShard, _ visitor: Visitor) {
        guard let session = shard.session(key) else { return visitor.refuse(.unknownSessionID) }
        // What is counted becomes visible at the end of the turn.
        shard.outbox.readCompleted()
        switch arrival {
        case .poll: session.pollArrived(visitor)
        case .post(let body, let isBinary): session.postArrived(body, isBinary: isBinary, visitor)
        case .webSocket(let arrival): arrival.join(session)
        }
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

    private func open(_ transport: Transport, _ version3: Version3?, _ request: EngineRequest, _ visitor: Visitor) {
        let shard = home(of: visitor.exchange.loop)
        var visitor = visitor
        visitor.arrived = visitor.arrived ?? .now
        switch transport {
        case .polling: openPolling(request, visitor, shard: shard, version3: version3)
        case .websocket:
            guard let arrival = acceptWebSocket(request, visitor) else { return }
            openWebSocket(arrival, request, visitor, shard: shard, version3: version3)
        }
    }

    private func openPolling(_ request: EngineRequest, _ visitor: Visitor, shard: Int, version3: Version3?) {
        guard hasRoom else { return visitor.refuseForWantOfRoom() }
        let handshake = visitor.hooked?.request.handshake ?? handshake(request)
        // It is here, unless the loop is none of the engine's, and costs no closure.
        if let shard = shardHere(shard, visitor.exchange.loop) {
            return openPolling(handshake, visitor, version3, on: shard)
        }
        onShard(shard) { [self] in openPolling(handshake, visitor, version3, on: $0) }
    }

    private func openPolling(
        _ handshake: Handshake, _ visitor: Visitor, _ version3: Version3?, on shard: EngineShard
    ) {
        guard !shard.isClosed else { return visitor.refuseForWantOfRoom() }
        shard.open(.polling, version3, handshake, arrived: visitor.arrived ?? .now) { session, openPacket in
            let (payload, type) = OutgoingMessage.payload([openPacket], for: version3)
            visitor.answer(payload, type, fields: configuration.cookie?.line(value: session.id) ?? "")
        }
    }

    private func openWebSocket(
        _ arrival: WebSocketArrival, _ request: EngineRequest, _ visitor: Visitor, shard: Int, version3: Version3?
    ) {
        guard hasRoom else { return visitor.refuseForWantOfRoom() }
        let handshake = visitor.hooked?.request.handshake ?? handshake(request)
        onShard(shard) { [cookie = configuration.cookie] shard in
            guard !shard.isClosed else { return visitor.refuseForWantOfRoom() }
            shard.open(.websocket, version3, handshake, arrived: visitor.arrived ?? .now) { session, openPacket in
                arrival.open(session, openPacket: openPacket, cookie: cookie?.line(value: session.id) ?? "")
            }
        }
    }

    /// Answers a WebSocket handshake.
    /// - Returns: the WebSocket; `nil` if the handshake has been refused.
    private func acceptWebSocket(_ request: EngineRequest, _ visitor: Visitor) -> WebSocketArrival? {
        let loop = visitor.exchange.loop
        let response: ByteBuffer
        let agreement = WebSocketUpgrade.agreement(request.head, configuration.perMessageDeflate)
        switch WebSocketUpgrade.accept(request.head, agreement) {
        case .failure(let refusal):
            visitor.exchange.respond(refusal.response)
            return nil
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
        return WebSocketArrival(connection: connection, loop: loop, response: response, visitor: visitor)
    }
}
