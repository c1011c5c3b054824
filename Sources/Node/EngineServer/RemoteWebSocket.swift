import EngineIO
import NIOCore

// A WebSocket whose connection lives on another loop than its session: each of the two sides has one of these objects,
// and each batch, of messages read or to write, costs one hop. It happens when an upgrade arrives on another
// loop than the polling session was opened on.

/// The session's side: collects what is sent in one loop turn.
final class RemoteWebSocketSender: WebSocketSender, Flushable {
    private let connection: NIOLoopBound<WebSocketConnection>
    private let loop: any EventLoop
    private let outbox: Outbox
    private var messages: [OutgoingMessage] = []
    private var isOver = false
    private(set) var isBlocked = false

    /// - Parameters:
    ///   - connection: the connection, on its loop.
    ///   - loop: that loop.
    ///   - outbox: the outbox of the session's loop.
    init(_ connection: NIOLoopBound<WebSocketConnection>, loop: any EventLoop, outbox: Outbox) {
        self.connection = connection
        self.loop = loop
        self.outbox = outbox
    }

    func send(_ message: OutgoingMessage) {
        guard !isOver else { return }
        if messages.isEmpty { outbox.add(self) }
        messages.append(message)
    }

    /// Whether the client's not reading holds up what is sent.
    func blocked(_ isBlocked: Bool) {
        self.isBlocked = isBlocked
    }

    func flush() {
        guard !messages.isEmpty else { return }
        onConnection { [messages] connection in
            for message in messages { connection.send(message) }
        }
        messages = []
    }

    func close(_ code: UInt16) {
        guard !isOver else { return }
        isOver = true
        flush()
        onConnection { $0.close(code) }
    }

    func cut() {
        guard !isOver else { return }
        isOver = true
        onConnection { $0.cut() }
    }

    private func onConnection(_ body: @escaping @Sendable (WebSocketConnection) -> Void) {
        loop.execute { [connection] in body(connection.value) }
    }
}

/// The connection's side: collects what was read in one batch.
final class RemoteWebSocketReceiver: WebSocketReceiver {
    /// The session and what it has of the WebSocket.
    typealias Owner = (session: ServerSession, sender: RemoteWebSocketSender)

    private let owner: NIOLoopBound<Owner>
    private let loop: any EventLoop
    private var messages: [Message] = []

    /// - Parameters:
    ///   - owner: whose WebSocket it is, on the session's loop.
    ///   - loop: that loop.
    init(_ owner: NIOLoopBound<Owner>, loop: any EventLoop) {
        self.owner = owner
        self.loop = loop
    }

    func received(_ message: consuming Message, on webSocket: any WebSocketSender) {
        messages.append(message)
    }

    func readCompleted() {
        guard !messages.isEmpty else { return }
        onOwner { [messages] owner in
            for message in messages { owner.session.received(message, on: owner.sender) }
            owner.session.readCompletedElsewhere()
        }
        messages = []
    }

    func blocked(_ isBlocked: Bool) {
        onOwner { $0.sender.blocked(isBlocked) }
    }

    func closed(_ webSocket: any WebSocketSender, _ reason: CloseReason) {
        onOwner { $0.session.closed($0.sender, reason) }
    }

    private func onOwner(_ body: @escaping @Sendable (Owner) -> Void) {
        loop.execute { [owner] in body(owner.value) }
    }
}
