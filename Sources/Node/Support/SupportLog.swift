import Logging

/// What the support chat tells the operator (applications, B.3 and B.5): never texts, never tokens.
///
/// Normally facts at level debug, as constant messages with ids of sockets as metadata. With `logCompat` the lines of the
/// original server, at level info; they name accounts.
struct SupportLog: Sendable {
    private let logger: Logger
    private let isCompatible: Bool

    init(_ logger: Logger, isCompatible: Bool) {
        self.logger = logger
        self.isCompatible = isCompatible
    }

    func refused(_ error: SupportAuthenticationError) {
        note("support: authentication refused", ["reason": "\(error.message)"], "\(error.line)")
    }

    func connected(_ id: String, _ identity: SupportIdentity) {
        note(
            "support: connected", ["sid": "\(id)", "role": "\(identity.role.rawValue)"],
            "🟢 Usuario conectado: \(identity.user) (\(identity.role.rawValue))")
    }

    func disconnected(_ id: String, _ identity: SupportIdentity, reason: String) {
        note(
            "support: disconnected", ["sid": "\(id)", "reason": "\(reason)"],
            "🔴 Usuario desconectado: \(identity.user)")
    }

    func stored(_ message: StoredMessage) {
        note(
            "support: message stored", ["id": "\(message.id)"],
            "💾 Mensaje guardado: \(message.sender) ➡️ \(message.recipient)")
    }

    func notStored(_ error: StoreError) {
        logger.warning("support: message not stored", metadata: ["error": "\(error)"])
        if isCompatible { logger.info("❌ Error al guardar mensaje: \(error)") }
    }

    func removed(_ count: Int) {
        logger.info("support: old messages removed", metadata: ["count": "\(count)"])
    }

    func notRemoved(_ error: StoreError) {
        logger.warning("support: old messages not removed", metadata: ["error": "\(error)"])
    }

    private func note(
        _ message: Logger.Message, _ metadata: @autoclosure () -> Logger.Metadata,
        _ line: @autoclosure () -> Logger.Message
    ) {
        if isCompatible {
            logger.info(line())
        } else {
            logger.debug(message, metadata: metadata())
        }
    }
}
