import EngineIO

/// Sends every message back as it came.
final class WebSocketEcho: WebSocketReceiver {
    func received(_ message: consuming Message, on webSocket: any WebSocketSender) {
        webSocket.send(OutgoingMessage(bare: message))
    }

    func readCompleted() {}

    func blocked(_ isBlocked: Bool) {}

    func closed(_ webSocket: any WebSocketSender, _ reason: CloseReason) {}
}
