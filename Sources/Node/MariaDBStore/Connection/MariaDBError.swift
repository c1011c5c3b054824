import CMariaDB

/// Why a statement, or a whole call, was not carried out.
enum MariaDBError: Error, Equatable {
    /// The server refused; its number and its words. The connection can be used further.
    case refused(UInt32, String)
    /// The connection cannot be used any more, or could not be made; what was not committed is not stored.
    case lost(UInt32, String)
    /// The connection broke after `COMMIT` was sent: nobody knows.
    case uncertain(String)
    /// The server was not there a moment ago; it was not asked.
    case away
    /// The deadline of the call has passed.
    case late
    /// The store is closed.
    case closed
    /// A message is from or for an account that there is not.
    case unknownAccount

    /// Numbers of the server after which it closes the connection, or answers nobody: it ends, or has too many connections.
    private static let endings: Set<UInt32> = Set(
        [
            ER_SERVER_SHUTDOWN, ER_CONNECTION_KILLED, ER_NEW_ABORTING_CONNECTION, ER_CON_COUNT_ERROR,
            ER_TOO_MANY_USER_CONNECTIONS,
        ].map { UInt32($0) })
    /// Numbers of the client library, all about connections.
    private static let ofLibrary: ClosedRange<UInt32> = 2000...2999
    /// TLS could not be agreed on, which is no matter of time.
    private static let ofTLS = UInt32(CR_SSL_CONNECTION_ERROR)

    init(number: UInt32, _ text: String) {
        let isLost = Self.endings.contains(number) || Self.ofLibrary.contains(number)
        self = isLost ? .lost(number, text) : .refused(number, text)
    }

    /// Whether the same again may end well at once: there was a deadlock, or the connection was one of before an outage.
    var isPassing: Bool {
        switch self {
        case .lost: true
        case .refused(let number, _): number == UInt32(ER_LOCK_DEADLOCK)
        default: false
        }
    }

    /// Whether waiting does not help: the configuration is wrong.
    var isPermanent: Bool {
        switch self {
        case .refused: true
        case .lost(let number, _): number == Self.ofTLS
        default: false
        }
    }

    /// Whether a row with the same key is there already.
    var isDuplicate: Bool { has(ER_DUP_ENTRY) }

    private func has(_ number: Int32) -> Bool {
        if case .refused(UInt32(number), _) = self { true } else { false }
    }

    /// For logs. The words of a server may quote a name, but no text of a message: those are bound, not written out.
    var reason: String {
        switch self {
        case .refused(let number, let text), .lost(let number, let text): "\(text) (\(number))"
        case .uncertain(let text): "lost while committing: \(text)"
        case .away: "not reachable"
        case .late: "too slow"
        case .closed: "closed"
        case .unknownAccount: "unknown account"
        }
    }
}
