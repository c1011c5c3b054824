import EngineIO
import NIOCore

/// The shell of one session: does what the core (``EngineIO/Session``) answers. Confined to its shard's loop.
final class ServerSession: EngineSession, WebSocketReceiver, Flushable {
    /// Names it in its shard.
    let key: SessionKey
    let handshake: Handshake
    private let engine: EngineShard
    @exclusivity(unchecked) private var core: Session
    @exclusivity(unchecked) private var handler: (any SessionHandler)?
    /// Made with the first request that needs it; most sessions are on WebSocket and have none.
    private var polling: Polling?
    @exclusivity(unchecked) private var webSocket: (any WebSocketSender)?
    private var isDirty = false
    /// The end, once the layer above has to be told.
    private var closeReason: CloseReason?

    /// What a session has on polling only.
    private final class Polling {
        /// The pending poll.
        var poll: Visitor?
        /// When the client has to have polled again, if the connection of its last poll broke.
        var pollDue: Duration?
        /// The connection on which a POST request is being read.
        var post: Exchange.ConnectionID?
        /// A WebSocket that may take over.
        var candidate: (any WebSocketSender)?
        /// An end that has been decided while the layer above was sending, on whatever transport.
        var ending: Session.Ending?
    }

    init(key: SessionKey, handshake: Handshake, core: Session, engine: EngineShard) {
        self.key = key
        self.handshake = handshake
        self.core = core
        self.engine = engine
    }

    /// Made each time: hardly anybody asks.
    var id: String { engine.id(of: key) }
    var shard: Int { engine.index }
    var loop: any EventLoop { engine.loop }
    var outbox: Outbox { engine.outbox }
    var transport: Transport { core.transport }
    var protocolVersion: ProtocolVersion { core.version3 == nil ? .v4 : .v3 }
    var compresses: Bool { engine.configuration.perMessageDeflate != nil }

    /// Whether the core has ended the session. To ask itself would copy it.
    private var isOver: Bool { closeReason != nil || polling?.ending != nil }

    // MARK: Life

    /// Connects the session with the layer above.
    func open(by acceptor: any SessionAcceptor) {
        guard !isOver else { return }
        let handler = acceptor.opened(self)
        // The layer above may have closed it already.
        if let closeReason { handler.closed(closeReason) } else { self.handler = handler }
    }

    /// Makes a WebSocket the session's transport from the start.
    func start(on webSocket: any WebSocketSender) {
        self.webSocket = webSocket
    }

    func close(_ reason: CloseReason) {
        if let ending = core.close(reason, now: .now) { finish(ending) }
    }

    private func finish(_ ending: Session.Ending) {
        closeReason = ending.reason
        if let messages = ending.poll { answerPoll(messages) }
        webSocket?.end(ending.webSocket)
        polling?.candidate?.end(.closeFrame)
        webSocket = nil
        polling?.candidate = nil
        engine.ended(self, reason: ending.reason, lingers: ending.lingers)
        let handler = handler
        self.handler = nil
        handler?.closed(ending.reason)
    }

    /// Has the session woken up when its heartbeat is due.
    func awaitHeartbeat() {
        switch protocolVersion {
        case .v4: engine.timers.add(key, .ping)
        case .v3: engine.timers.add(key, .clientPing(due: core.heartbeatDue))
        }
    }

    /// Time passed: pings, or ends what has taken too long.
    func timePassed(_ now: Duration) {
        if let due = polling?.pollDue, due <= now {
            polling?.pollDue = nil
            if let ending = core.pollMissed() { finish(ending) }
        }
        while true {
            switch core.timePassed(now) {
            case .none: return
            case .ping:
                engine.timers.add(key, .pong(due: core.heartbeatDue))
                transmit(.ping, volatile: false)
            case .wait: awaitHeartbeat()
            case .abandonUpgrade:
                polling?.candidate?.end(.closeFrame)
                polling?.candidate = nil
            case .end(let ending): finish(ending)
            case .forget: engine.forget(self)
            }
        }
    }

    // MARK: Sending

    func send(_ message: OutgoingMessage, volatile: Bool) {
        guard let version3 = core.version3 else { return transmit(message, volatile: volatile) }
        transmit(message.adapted(to: version3), volatile: volatile)
    }

    func messageBuffer() -> ByteBuffer { outbox.spares.takeForMessage() }

    private func transmit(_ message: OutgoingMessage, volatile: Bool) {
        switch core.send(message, volatile: volatile, isBlocked: volatile && webSocket?.isBlocked == true) {
        case .write:
            engine.tally.counts.messagesSent += 1
            webSocket?.send(message)
        case .queued:
            engine.tally.counts.messagesSent += 1
        case .readyForPoll:
            engine.tally.counts.messagesSent += 1
            markDirty()
        case .dropped:
            engine.tally.counts.messagesDropped += 1
        case .end(let ending): endLater(ending)
        }
    }

    func raiseBarrier() -> Bool {
        switch core.barrierRaised() {
        case .ping:
            transmit(.ping, volatile: false)
            return true
        case .impossible: return false
        case .end(let ending):
            endLater(ending)
            return false
        }
    }

    /// The layer above is sending: it is told at the end of the turn.
    private func endLater(_ ending: Session.Ending) {
        onPolling { $0.ending = ending }
        markDirty()
    }

    private func onPolling(_ change: (Polling) -> Void) {
        let polling = polling ?? Polling()
        self.polling = polling
        change(polling)
    }

    private func markDirty() {
        guard !isDirty else { return }
        isDirty = true
        engine.outbox.add(self)
    }

    func flush() {
        isDirty = false
        if let ending = polling?.ending {
            polling?.ending = nil
            finish(ending)
        } else if let messages = core.turnEnded() {
            answerPoll(messages)
        }
    }

    private func answerPoll(_ messages: [OutgoingMessage]) {
        let visitor = polling?.poll
        polling?.poll = nil
        if let visitor { engine.answer(visitor, messages, for: core.version3) }
    }

    // MARK: Polling

    /// A GET request arrived.
    func pollArrived(_ visitor: Visitor) {
        polling?.pollDue = nil
        timePassed(engine.turnTime)
        switch core.pollArrived() {
        case .answer(let messages): engine.answer(visitor, messages, for: core.version3)
        case .answerLast(let messages):
            engine.answer(visitor, messages, for: core.version3)
            engine.forget(self)
        case .hold: onPolling { $0.poll = visitor }
        case .refuse: visitor.refuse(closeReason == nil ? .badRequest : .unknownSessionID)
        case .overlap(let ending):
            finish(ending)
            visitor.refuse(.badRequest)
        }
    }

    /// The client of a poll went away.
    func pollAborted(_ exchange: Exchange.ID) {
        guard polling?.poll?.exchange.id == exchange else { return }
        polling?.poll = nil
        if let ending = core.pollAborted() { finish(ending) }
    }

    /// The connection ended with the answer to the last poll.
    func pollConnectionBroke() {
        guard !isOver, core.transport == .polling, polling?.poll == nil else { return }
        onPolling { $0.pollDue = .now + engine.absenceTimeout }
        engine.timers.add(key, .absence)
    }

    /// A POST request has begun, and its body is still to come.
    func postBegan(on connection: Exchange.ConnectionID) {
        timePassed(.now)
        if let ending = core.postBegan() { finish(ending) } else { onPolling { $0.post = connection } }
    }

    /// A POST request that had begun will not be completed.
    func postAborted(on connection: Exchange.ConnectionID, isRefused: Bool) {
        guard let polling, polling.post == connection else { return }
        polling.post = nil
        if let ending = core.postAborted(isRefused: isRefused) { finish(ending) }
    }

    /// A POST request arrived.
    /// - Parameters:
    ///   - body: its body.
    ///   - isBinary: whether its type says that it is a binary payload.
    ///   - visitor: the request.
    func postArrived(_ body: ByteBuffer, isBinary: Bool, _ visitor: Visitor) {
        timePassed(engine.turnTime)
        engine.tally.counts.payloadsReceived &+= body.readableBytes
        let hadBegun = polling?.post == visitor.exchange.id.connection
        if hadBegun { polling?.post = nil }
        switch core.postArrived(hadBegun: hadBegun) {
        case .refuse: visitor.refuse(closeReason == nil ? .badRequest : .unknownSessionID)
        case .overlap(let ending):
            finish(ending)
            visitor.refuse(.badRequest)
        case .ignore: visitor.accepted()
        case .accept:
            guard receivePayload(body, isBinary: isBinary) else {
                visitor.refuse(.badRequest)
                if let ending = core.receivedMalformed() { finish(ending) }
                return
            }
            visitor.accepted()
        }
    }

    private func receivePayload(_ body: ByteBuffer, isBinary: Bool) -> Bool {
        let maxPackets = engine.configuration.maxPacketsPerPayload
        do throws(ParseError) {
            if let version3 = core.version3 {
                var payload = try Version3Payload(
                    body, isBinary: isBinary, maxPackets: maxPackets, from: version3)
                while !isOver, let packet = try payload.next() { received(packet) }
            } else {
                // Binary payloads were a thing of revision 3.
                guard !isBinary else { throw ParseError() }
                var payload = try Payload(body, maxPackets: maxPackets)
                while !isOver, let packet = try payload.next() { received(packet) }
            }
            return true
        } catch {
            return false
        }
    }

    // MARK: WebSocket

    /// A WebSocket asks to take the session over.
    /// - Returns: whether it may try.
    func candidateArrived(_ webSocket: any WebSocketSender) -> Bool {
        timePassed(.now)
        guard core.candidateArrived(now: .now) else { return false }
        onPolling { $0.candidate = webSocket }
        engine.timers.add(key, .upgrade)
        return true
    }

    /// A message arrived on a WebSocket of this session.
    func received(_ message: consuming Message, on source: any WebSocketSender) {
        if source === webSocket {
            perform(core.received(message, now: .now))
        } else if source === polling?.candidate {
            candidateReceived(try? Packet(message, version: core.version), source)
        }
    }

    /// The outbox of the connection's loop makes visible what was counted; it is this session's, unless the connection
    /// lives on another loop.
    func readCompleted() {}

    /// Everything that was read in one go on another loop has been reported.
    func readCompletedElsewhere() { engine.publish() }

    func blocked(_ isBlocked: Bool) {}

    private func candidateReceived(_ packet: Packet?, _ source: any WebSocketSender) {
        switch core.candidateReceived(packet) {
        case .answerProbe(let messages):
            source.send(.probeAnswer)
            if let messages { answerPoll(messages) }
        case .upgraded(let queue, let messages):
            polling?.candidate = nil
            webSocket = source
            if let messages { answerPoll(messages) }
            for message in queue { source.send(message) }
            // A POST request that is being read still has to be known.
            if polling?.post == nil { polling = nil }
            engine.upgraded()
        case .abandon:
            polling?.candidate = nil
            source.end(.closeFrame)
        }
    }

    /// A WebSocket of this session ended by itself.
    func closed(_ source: any WebSocketSender, _ reason: CloseReason) {
        if source === webSocket {
            webSocket = nil
            if let ending = core.webSocketClosed(reason) { finish(ending) }
        } else if source === polling?.candidate {
            polling?.candidate = nil
            core.candidateClosed()
        }
    }

    private func received(_ packet: Packet) { perform(core.received(packet, now: .now)) }

    private func perform(_ result: consuming Session.PacketResult) {
        switch result {
        case .message(let message):
            engine.tally.counts.messagesReceived += 1
            handler?.received(message)
        case .none: break
        case .pong: awaitHeartbeat()
        case .barrierPassed: handler?.barrierPassed()
        case .ping: transmit(.pong, volatile: false)
        case .end(let ending): finish(ending)
        }
    }
}
