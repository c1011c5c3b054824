import Figures
import HTTPCodec
import NIOCore
import NIOHTTP1
import Routing

/// One request and its answer, on their way through the gateway.
///
/// It tries again where that is safe: on a fresh connection if the node closed the old one without an answer and the
/// request has no body, on another node if the request belongs to no session. A request of a session whose node is dead
/// is told so at once, since no other node could answer it.
final class Exchange {
    private let client: ClientConnection
    private let request: RequestHead
    private let kind: RequestKind
    private let isUpgrade: Bool
    private let isRepeatable: Bool

    private var tried: Set<NodeID> = []
    private var target: Target?
    private var connection: NodeConnection?
    private var hasRetried = false
    private var isOver = false

    /// Whether the client sent all of it.
    private(set) var requestHasEnded = false
    /// Bytes of the body that came before there was a connection: what was read together with the head.
    private var early: [ByteBuffer] = []
    private var bodyBytes = 0

    private var answer: HTTPResponseHead?
    private var watchesSessionID: Bool
    private var keepAlive: Bool
    /// When a handshake began; `nil` with other requests.
    private let began: NIODeadline?

    init(_ request: RequestHead, client: ClientConnection) {
        self.client = client
        self.request = request
        kind = RequestKind(method: request.methodText, target: request.target)
        isUpgrade = ForwardedHeaders.isWebSocketUpgrade(request)
        isRepeatable = [.get, .head, .options].contains(request.method) && request.framing == .none
        watchesSessionID = kind == .handshake && !isUpgrade
        began = kind == .handshake ? .now() : nil
        keepAlive = request.isKeepAlive && !request.wantsUpgrade
    }

    private var shard: Shard { client.shard }
    private var gateway: Gateway { client.shard.gateway }

    /// Whether the node takes more of the request's body now.
    var nodeTakesBody: Bool { connection?.isWritable ?? false }

    /// Whether the client takes more of the answer's body now.
    var clientTakesBody: Bool { client.isWritable }
}

// MARK: Finding a node

extension Exchange {
    func begin() {
        if request.awaitsContinue {
            client.write(.head(HTTPResponseHead(version: .http1_1, status: .continue)))
            client.flush()
        }
        client.expectProgress(within: gateway.configuration.clients.bodyTimeout)
        route()
    }

    private func route() {
        switch gateway.route(kind, listener: client.listener, tried: tried) {
        case .unknownSession: fail(.unknownSession)
        case .unavailable: fail(.unavailable)
        case .forward(let node, let endpoint):
            let target = Target(node: node, endpoint: endpoint)
            self.target = target
            if let connection = shard.pool.take(target) {
                attach(connection)
            } else {
                connect(target)
            }
        }
    }

    private func connect(_ target: Target) {
        shard.pool.connect(target) { [self] result in
            switch result {
            case .success(let connection) where isOver || self.target != target: shard.pool.giveBack(connection)
            case .success(let connection): attach(connection)
            case .failure where isOver || self.target != target: break
            case .failure(let error): connectFailed(target, error)
            }
        }
    }

    /// Nothing of the request has been sent, so any request may be tried elsewhere.
    private func connectFailed(_ target: Target, _ error: any Error) {
        let refused = isRefused(error)
        if refused { gateway.connectionRefused(target.node) }
        tried.insert(target.node)
        self.target = nil
        if case .session = kind {
            fail(refused ? .unknownSession : .gatewayTimeout)
        } else {
            route()
        }
    }

    private func attach(_ connection: NodeConnection) {
        self.connection = connection
        connection.exchange = self
        let trusted = gateway.configuration.trustsForwarded
        connection.write(
            .head(
                ForwardedHeaders.request(request, from: client.address, isUpgrade: isUpgrade, trusted: trusted)))
        for buffer in early { connection.write(.body(.byteBuffer(buffer))) }
        early = []
        if requestHasEnded { connection.write(.end(nil)) }
        connection.flush()
        client.resumeReading()
    }

    /// The node closed, or was taken for dead, before it answered.
    private func recover() {
        guard isRepeatable, let target else { return fail(.badGateway) }
        if !hasRetried {
            hasRetried = true
            gateway.counters.retries.add()
            connect(target)
        } else if case .session = kind {
            fail(.badGateway)
        } else {
            tried.insert(target.node)
            route()
        }
    }
}

// MARK: The request

extension Exchange {
    func bodyReceived(_ buffer: ByteBuffer) {
        bodyBytes += buffer.readableBytes
        gateway.counters.bytesFromClients.add(buffer.readableBytes)
        client.expectProgress(within: gateway.configuration.clients.bodyTimeout)
        if let limit = gateway.configuration.clients.bodyBytes, bodyBytes > limit {
            fail(.bodyTooLarge, closes: true)
        } else if let connection {
            connection.write(.body(.byteBuffer(buffer)))
        } else {
            early.append(buffer)
        }
    }

    func requestEnded() {
        requestHasEnded = true
        client.expectProgress(within: gateway.configuration.nodes.responseTimeout)
        connection?.write(.end(nil))
        connection?.flush()
    }

    /// The client sent something that is no HTTP; nothing after it can be understood.
    func requestBroke(_ answer: LocalAnswer) {
        requestHasEnded = true
        fail(answer, closes: true)
    }

    func flushToNode() {
        connection?.flush()
    }

    func nodeBecameWritable() {
        client.resumeReading()
    }

    /// The client is gone. Its node must know: a poll that is given up ends the session.
    func clientGone() {
        gateway.counters.failed(.clientAborted)
        end()
    }

    func deadlinePassed() {
        if answer != nil {
            gateway.counters.failed(.nodeTimeout)
            abort()
        } else {
            fail(requestHasEnded ? .gatewayTimeout : .requestTimeout, closes: !requestHasEnded)
        }
    }
}

// MARK: The answer

extension Exchange {
    func answered(_ head: HTTPResponseHead) {
        answer = head
        if let began { gateway.counters.handshakes.record(Duration(.now() - began)) }
        guard head.status != .switchingProtocols else {
            if !isUpgrade || !requestHasEnded { fail(.badGateway) }
            return
        }
        if request.minorVersion == 0, !head.headers.contains(name: "content-length") { keepAlive = false }
        keepAlive = keepAlive && !client.isDraining
        watchesSessionID = watchesSessionID && head.status == .ok
        client.expectProgress(within: gateway.configuration.nodes.responseTimeout)
        client.write(.head(ForwardedHeaders.response(head, to: request, keepAlive: keepAlive)))
    }

    func answered(_ buffer: ByteBuffer) {
        if watchesSessionID, let target {
            watchesSessionID = false
            if let id = HandshakeAnswer.sessionID(in: buffer.readableBytesView) {
                gateway.sessionOpened(id, on: target.node)
            }
        }
        gateway.counters.bytesToClients.add(buffer.readableBytes)
        client.expectProgress(within: gateway.configuration.nodes.responseTimeout)
        client.write(.body(.byteBuffer(buffer)))
    }

    func answerEnded() {
        guard !isOver, let answer, let connection else { return }
        if answer.status == .switchingProtocols {
            splice(answer, connection)
            return
        }
        isOver = true
        self.connection = nil
        connection.exchange = nil
        if answer.isKeepAlive, requestHasEnded {
            connection.resumeReading()
            shard.pool.giveBack(connection)
        } else {
            connection.close()
        }
        client.answerEnded(keepAlive: keepAlive, requestHasEnded: requestHasEnded)
    }

    func flushToClient() {
        client.flush()
    }

    func clientBecameWritable() {
        connection?.resumeReading()
    }

    /// From here on the bytes of both sides go to the other as they are.
    private func splice(_ head: HTTPResponseHead, _ connection: NodeConnection) {
        isOver = true
        self.connection = nil
        connection.exchange = nil
        client.write(.head(ForwardedHeaders.response(head, to: request, keepAlive: true)))
        client.write(.end(nil))
        client.flush()
        let handover = Handover(node: connection.target.node, shard: shard)
        // Before the client leaves the shard, which otherwise could seem to be empty.
        shard.began(handover)
        do {
            try connection.handOver(to: handover.nodeSide)
            try client.handOver(to: handover.clientSide)
            handover.start()
        } catch {
            handover.close()
            connection.close()
            client.close()
        }
    }
}

// MARK: Failures

extension Exchange {
    /// The node closed the connection.
    func nodeClosed() {
        connection = nil
        guard !isOver else { return }
        if answer == nil {
            recover()
        } else {
            gateway.counters.failed(.nodeFailed)
            abort()
        }
    }

    /// A node was taken for dead; perhaps ours.
    func nodeDied(_ node: NodeID) {
        guard !isOver, target?.node == node else { return }
        guard answer == nil else {
            gateway.counters.failed(.nodeDied)
            return abort()
        }
        let wasSent = connection != nil
        connection?.close()
        connection = nil
        target = nil
        tried.insert(node)
        if case .session = kind {
            fail(.unknownSession)
        } else if isRepeatable || !wasSent {
            route()
        } else {
            fail(.badGateway)
        }
    }

    /// Answers in the node's place.
    func fail(_ answer: LocalAnswer, closes: Bool = false) {
        guard !isOver else { return }
        guard self.answer == nil || self.answer?.status == .switchingProtocols else { return abort() }
        end()
        client.answer(
            answer, origin: request.fields.first("origin"),
            keepAlive: keepAlive && !closes && !client.isDraining, requestHasEnded: requestHasEnded)
    }

    /// The answer has begun and cannot be finished: only the end of the connection says so.
    private func abort() {
        end()
        client.close()
    }

    private func end() {
        isOver = true
        early = []
        connection?.close()
        connection = nil
    }
}
