import Logging
import Support

/// What the HTTP interface tells the operator: never names, addresses, texts or passwords, except for failures of the
/// store in the lines of the original (`isCompatible`).
struct SupportWebLog: Sendable {
    /// What was read when the store failed (applications, B.7).
    enum Read: String {
        case conversation
        case own
        case conversations

        /// What the client is told.
        var message: String {
            switch self {
            case .conversation: "Error al obtener mensajes"
            case .own, .conversations: "Error interno"
            }
        }

        fileprivate var line: String {
            switch self {
            case .conversation: "❌ Error al consultar mensajes"
            case .own: "❌ Error al obtener mensajes"
            case .conversations: "❌ Error al obtener lista de usuarios"
            }
        }
    }

    let logger: Logger
    let isCompatible: Bool

    func failed(_ read: Read, _ error: StoreError) {
        if isCompatible {
            logger.info("\(read.line): \(error)")
        } else {
            logger.warning("support: messages not read", metadata: ["read": "\(read.rawValue)", "error": "\(error)"])
        }
    }
}
