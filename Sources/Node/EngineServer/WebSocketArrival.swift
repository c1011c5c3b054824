import EngineIO
import NIOCore

/// A WebSocket handshake that was found good and is about to be answered, in the hands of the session that it is for.
struct WebSocketArrival: Sendable {
    let connection: NIOLoopBound<WebSocketConnection>
    /// The connection's loop.
    let loop: any EventLoop
    /// The 101 response.
    let response: ByteBuffer
    let visitor: Visitor

    /// Makes it the transport of a new session. Called on the session's loop.
    /// - Parameters:
    ///   - session: the session.
    ///   - openPacket: its first packet.
    ///   - cookie: a header line for the 101 response.
    func open(_ session: ServerSession, openPacket: OutgoingMessage, cookie: String) {
        let webSocket = link(to: session)
        session.start(on: webSocket)
        answer(cookie: cookie)
        webSocket.send(openPacket)
    }

    /// Makes it the candidate for the upgrade of a session. If the session does not want one, the handshake is
    /// answered all the same and the WebSocket closed, as the reference server does. Called on the session's loop.
    func join(_ session: ServerSession) {
        let webSocket = link(to: session)
        let isWelcome = session.candidateArrived(webSocket)
        answer()
        if !isWelcome { webSocket.end(.closeFrame) }
    }

    /// Has the connection report to a session.
    /// - Returns: what the session sends by.
    private func link(to session: ServerSession) -> any WebSocketSender {
        if loop.inEventLoop {
            connection.value.receiver = session
            return connection.value
        }
        let sender = RemoteWebSocketSender(connection, loop: loop, outbox: session.outbox)
        let owner = NIOLoopBound((session: session, sender: sender), eventLoop: session.loop)
        let sessionLoop = session.loop
        loop.execute { [connection] in
            connection.value.receiver = RemoteWebSocketReceiver(owner, loop: sessionLoop)
        }
        return sender
    }

    private func answer(cookie: String = "") {
        let fields = visitor.hooked?.sessionFields(cookie) ?? cookie
        visitor.exchange.upgrade(to: connection, response: WebSocketUpgrade.adding(fields, to: response))
    }
}
