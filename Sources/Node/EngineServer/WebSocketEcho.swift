import EngineIO
import NIOCore

/// Sends every message back as it came.
final class WebSocketEcho: WebSocketReceiver {
    private unowned let connection: WebSocketConnection

    init(_ connection: WebSocketConnection) {
        self.connection = connection
    }

    func received(_ message: Message) {
        switch message {
        case .text(let text): connection.send(WebSocketFrame.text(text))
        case .binary(let bytes): connection.send(WebSocketFrame.binary(bytes))
        }
    }

    func readCompleted() {}

    func blocked(_ isBlocked: Bool) {}

    func closed(_ reason: CloseReason) {}
}
