import Logging
import Matchmaking

/// What *meet* tells the operator (applications, A.12): never texts, never tokens; addresses only if allowed.
///
/// Normally facts at level debug, as constant messages with metadata. With `logCompat` the lines of the original
/// server, at level info.
struct MeetLog: Sendable {
    private let logger: Logger
    private let isCompatible: Bool
    private let showsPersonalData: Bool

    init(_ logger: Logger, isCompatible: Bool, showsPersonalData: Bool) {
        self.logger = logger
        self.isCompatible = isCompatible
        self.showsPersonalData = showsPersonalData
    }

    func connected(_ id: String, _ identity: Identity?, online: Int) {
        note(
            "participant connected", ["sid": "\(id)", "online": "\(online)", "identified": "\(identity != nil)"],
            "New user connected: \(id) Total online users: \(online)")
        guard let identity, isCompatible else { return }
        logger.info("Authenticated user connected: \(name(of: id, identity))")
    }

    func disconnected(_ id: String, reason: String, online: Int) {
        note(
            "participant disconnected", ["sid": "\(id)", "online": "\(online)", "reason": "\(reason)"],
            "User \(id) disconnected. Total online users: \(online)")
    }

    func searches(_ id: String, _ identity: Identity?, wantsVideo: Bool) {
        note(
            "participant looks for a chat", ["sid": "\(id)", "video": "\(wantsVideo)"],
            "User \(name(of: id, identity)) looking for chat, video: \(wantsVideo)")
    }

    func goesOn(_ id: String) {
        note("participant goes on to the next", ["sid": "\(id)"], "User \(id) clicked next")
    }

    func refused(_ reason: String) {
        note("authentication refused", ["reason": "\(reason)"], "Socket authentication error: \(reason)")
    }

    /// A pair shows up once in the logs of a cluster: with the member of the smaller id, or with the one that is left.
    func happened(_ event: MatchEvent) {
        switch event {
        case .waiting:
            break
        case .chatStart(let id, let partner, let pairID, let withVideo):
            guard id.utf8.lexicographicallyPrecedes(partner.utf8) else { return }
            note(
                "pair made",
                ["sid": "\(id)", "partner": "\(partner)", "pair": "\(pairID)", "video": "\(withVideo)"],
                "Matched \(id) and \(partner) in room \(pairID), video: \(withVideo)")
        case .partnerLeft(let id, let partner, let pairID):
            note(
                "pair ended", ["sid": "\(id)", "partner": "\(partner)", "pair": "\(pairID)"],
                "Cleaned up chat pair: \(partner) and \(id)")
        case .partnerPresence, .resumed, .adopted:
            break
        }
    }

    private func name(of id: String, _ identity: Identity?) -> String {
        (showsPersonalData ? identity?.email : nil) ?? id
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
