import NIOCore

/// One request and the answer that it still has to get. It may be kept and answered on any event loop, once; an answer
/// that comes after the client has gone, or a second one, does nothing.
struct Exchange: Sendable {
    /// Tells exchanges apart.
    struct ID: Hashable, Sendable {
        var connection: ConnectionID
        /// Number of the request on its connection.
        fileprivate var number: Int
    }

    /// Tells connections apart, as long as they are open.
    typealias ConnectionID = ObjectIdentifier

    let id: ID
    private let connection: NIOLoopBound<HTTPConnection>

    /// An exchange of a connection, made on the connection's loop.
    init(_ connection: HTTPConnection, number: Int, loop: any EventLoop) {
        self.id = ID(connection: ObjectIdentifier(connection), number: number)
        self.connection = NIOLoopBound(connection, eventLoop: loop)
    }

    /// The connection's loop.
    var loop: any EventLoop { connection.eventLoop }

    /// Answers the request.
    func respond(_ response: Response) {
        // Most answers come at once, and cost no closure.
        if loop.inEventLoop { return connection.value.respond(response, to: id.number) }
        loop.execute { connection.value.respond(response, to: id.number) }
    }

    /// Turns the connection over to the WebSocket protocol.
    /// - Parameters:
    ///   - webSocket: the handler that takes over, on the connection's loop.
    ///   - response: the complete head of the 101 response.
    func upgrade(to webSocket: NIOLoopBound<WebSocketConnection>, response: ByteBuffer) {
        if loop.inEventLoop { return connection.value.upgrade(to: webSocket.value, response: response, for: id.number) }
        loop.execute { connection.value.upgrade(to: webSocket.value, response: response, for: id.number) }
    }
}

/// Who must be told when the client of an unanswered request goes away.
enum Answerer {
    /// Nobody.
    case none
    /// A hook that runs before the engine serves the request.
    case hook(HookRun)
    /// A session that may hold the request as its pending poll.
    case poll(Engine, SessionAddress, Exchange.ID)
    /// The task that runs the responder.
    case responder(Task<Void, Never>)
}
