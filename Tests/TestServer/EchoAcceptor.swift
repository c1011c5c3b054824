import EngineIO

/// Sends every Engine.IO message back as it came.
struct EchoAcceptor: SessionAcceptor {
    func opened(_ session: any EngineSession) -> any SessionHandler { Echo(session) }

    private final class Echo: SessionHandler {
        private let session: any EngineSession

        init(_ session: any EngineSession) { self.session = session }

        func received(_ message: Message) { session.send(OutgoingMessage(message), volatile: false) }

        func closed(_ reason: CloseReason) {}
    }
}
