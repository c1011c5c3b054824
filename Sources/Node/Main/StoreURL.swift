import Logging
import SQLiteStore
import Support

/// Where the messages and accounts of the support chat are: `sqlite:FILE`.
enum StoreURL: Sendable {
    case sqlite(path: String)

    /// What an operator may write.
    static let expected = "sqlite:FILE"

    /// Reads what an operator wrote.
    init(_ text: String) throws(StoreSetupError) {
        guard text.hasPrefix("sqlite:"), text != "sqlite:" else {
            throw StoreSetupError("a store is \(Self.expected)")
        }
        self = .sqlite(path: String(text.dropFirst("sqlite:".count)))
    }

    /// Opens the store; at the start of the process, because it may block.
    func open(logger: Logger) async throws(StoreSetupError) -> any SupportStore {
        switch self {
        case .sqlite(let path): try await SQLiteStore.open(path: path, logger: logger)
        }
    }
}
