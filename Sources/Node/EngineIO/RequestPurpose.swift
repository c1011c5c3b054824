/// What a request to an engine wants. Source: Engine.IO protocol v4, "Transports" and "Handshake"; where the protocol
/// leaves the choice of an error open, the reference server's order of checks.
package enum RequestPurpose: Equatable, Sendable {
    /// Open a session of a revision of the protocol.
    case open(Transport, ProtocolVersion)
    /// Receive by polling.
    case poll(SessionID)
    /// Send by polling.
    case post(SessionID)
    /// Move a session to WebSocket.
    case upgrade(SessionID)

    /// Reads a request.
    /// - Parameters:
    ///   - method: the HTTP method.
    ///   - items: what its query says.
    ///   - isWebSocket: whether the request is a WebSocket handshake.
    ///   - transports: what is offered.
    ///   - allowsVersion3: whether sessions of revision 3 may be opened. Default: `false`.
    /// - Throws: the error to answer with.
    package init(
        method: String, items: QueryString.ProtocolItems, isWebSocket: Bool, transports: Set<Transport>,
        allowsVersion3: Bool = false
    ) throws(HandshakeError) {
        // Who offers two offers all.
        guard let transport = items.transport, transports.count == 2 || transports.contains(transport) else {
            throw .unknownTransport
        }
        guard items.sessionID.count > 0 else {
            guard method == "GET" else { throw .badHandshakeMethod }
            guard isWebSocket == (transport == .websocket) else { throw .badRequest }
            // Whatever is not 4 is 3 to the reference server.
            let version: ProtocolVersion = items.isVersion4 ? .v4 : .v3
            guard version == .v4 || allowsVersion3 else { throw .unsupportedProtocolVersion }
            self = .open(transport, version)
            return
        }
        switch (transport, method) {
        case (.websocket, "GET") where isWebSocket: self = .upgrade(items.sessionID)
        case (.polling, "GET") where !isWebSocket: self = .poll(items.sessionID)
        case (.polling, "POST") where !isWebSocket: self = .post(items.sessionID)
        default: throw .badRequest
        }
    }
}
