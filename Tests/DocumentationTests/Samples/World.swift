import NIOCore
import SocketIO
import SocketServer

// What the examples of the documentation take for granted. Nothing is called.

/// Somebody whom the application knows.
struct User: Sendable {
    var name: String
}

/// The application's users.
struct Users: Sendable {
    func find(token: String?) async throws -> User? { nil }
}

/// The application's accounts.
struct Accounts: Sendable {
    func verify(_ token: String, tenant: String?) async throws -> User { User(name: "") }
}

/// Where a user is kept.
enum UserKey: StorageKey {
    typealias Value = User
}

/// The application's store.
struct Store: Sendable {
    func lines(of room: String) async throws -> [Value] { [] }
    func keep(_ photo: ByteBuffer, _ caption: String?) async throws {}
    func save(_ values: [Value], _ completion: @escaping @Sendable (Bool) -> Void) {}
}

/// A source of prices.
struct Feed: Sendable {
    func subscribe(_ room: String) {}
    func unsubscribe(_ room: String) {}
}
