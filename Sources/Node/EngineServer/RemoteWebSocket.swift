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
    fileprivate(set) var isBlocked = false

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
    private let owner: NIOLoopBound<SessionWebSocket>
    private let loop: any EventLoop
    private var messages: [Message] = []

    /// - Parameters:
    ///   - owner: the session's WebSocket, on the session's loop.
    ///   - loop: that loop.
    init(_ owner: NIOLoopBound<SessionWebSocket>, loop: any EventLoop) {
        self.owner = owner
        self.loop = loop
    }

    func received(_ message: Message) {
        messages.append(message)
    }

    func readCompleted() {
        guard !messages.isEmpty else { return }
        onOwner { [messages] owner in
            for message in messages { owner.received(message) }
        }
        messages = []
    }

    func blocked(_ isBlocked: Bool) {
        onOwner { ($0.sender as? RemoteWebSocketSender)?.isBlocked = isBlocked }
    }

    func closed(_ reason: CloseReason) {
        onOwner { $0.closed(reason) }
    }

    private func onOwner(_ body: @escaping @Sendable (SessionWebSocket) -> Void) {
        loop.execute { [owner] in body(owner.value) }
    }
}
