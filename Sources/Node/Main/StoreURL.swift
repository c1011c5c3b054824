import Logging
import MariaDBStore
import SQLiteStore
import Support

/// Where the messages and accounts of the support chat are: `sqlite:FILE`, or `mysql://user@host[:port]/database` and so on
/// (`MariaDBConfiguration.init(url:)`).
enum StoreURL: Sendable {
    case sqlite(path: String)
    case mariaDB(MariaDBConfiguration)

    /// Reads what an operator wrote.
    /// - Parameters:
    ///   - text: the URL.
    ///   - password: of the server's account, if the URL has none; default: none.
    /// - Throws: `StoreSetupError`, which says what is wrong without repeating the URL.
    init(_ text: String, password: String? = nil) throws(StoreSetupError) {
        if text.hasPrefix("sqlite:"), text != "sqlite:" {
            self = .sqlite(path: String(text.dropFirst("sqlite:".count)))
        } else if text.hasPrefix("mysql:") || text.hasPrefix("mariadb:") {
            var configuration = try MariaDBConfiguration(url: text)
            configuration.password = configuration.password ?? password
            self = .mariaDB(configuration)
        } else {
            throw StoreSetupError("a store is sqlite:FILE or mysql://user@host[:port]/database")
        }
    }

    /// Opens the store; at the start of the process, because it may block.
    /// - Parameter logger: is told of outages and of calls that fail.
    /// - Returns: the open store.
    /// - Throws: `StoreSetupError` if it cannot be used as it is configured.
    func open(logger: Logger) async throws(StoreSetupError) -> any SupportStore {
        switch self {
        case .sqlite(let path): try await SQLiteStore.open(path: path, logger: logger)
        case .mariaDB(let configuration): try await MariaDBStore.open(configuration, logger: logger)
        }
    }
}
