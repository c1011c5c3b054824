import EngineIO

/// Sends every message back as it came.
final class WebSocketEcho: WebSocketReceiver {
    private unowned let connection: WebSocketConnection

    init(_ connection: WebSocketConnection) {
        self.connection = connection
    }

    func received(_ message: Message) {
        connection.send(OutgoingMessage(bare: message))
    }

    func readCompleted() {}

    func blocked(_ isBlocked: Bool) {}

    func closed(_ reason: CloseReason) {}
}
