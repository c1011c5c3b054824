/// The packet with which a session begins, the same for all sessions of a transport but for the id. Source: Engine.IO
/// protocol v4, "Handshake".
package struct OpenPacket: Sendable {
    private static let front = #"0{"sid":""#
    /// What follows the id.
    private let back: String

    /// Prepares the packets.
    /// - Parameters:
    ///   - upgrades: transports that the client may move to.
    ///   - pingInterval: time between two pings.
    ///   - pingTimeout: time that the client has for a pong.
    ///   - maxPayload: longest request body in bytes.
    package init(upgrades: [Transport], pingInterval: Duration, pingTimeout: Duration, maxPayload: Int) {
        let upgrades = upgrades.map { "\"\($0.rawValue)\"" }.joined(separator: ",")
        back = """
            ","upgrades":[\(upgrades)],"pingInterval":\(pingInterval.milliseconds),\
            "pingTimeout":\(pingTimeout.milliseconds),"maxPayload":\(maxPayload)}
            """
    }

    /// The packet of one session.
    /// - Parameter sessionID: the session's id.
    /// - Returns: the packet.
    package func message(sessionID: String) -> OutgoingMessage {
        let length = Self.front.utf8.count + sessionID.utf8.count + back.utf8.count
        return OutgoingMessage(packetOfLength: length) { output in
            output.append(contentsOf: Self.front.utf8Span.span.bytes)
            output.append(contentsOf: sessionID.utf8Span.span.bytes)
            output.append(contentsOf: back.utf8Span.span.bytes)
        }
    }
}
