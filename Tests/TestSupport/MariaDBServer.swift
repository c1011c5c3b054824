import Foundation
import Synchronization

/// A private MariaDB server for tests: on a free port of 127.0.0.1 and a Unix domain socket, in a folder of its own. Its
/// account `root` has no password.
///
/// ```swift
/// let server = try await MariaDBServer.start()
/// defer { server.stop() }
/// ```
public final class MariaDBServer: Sendable {
    /// What can go wrong.
    public enum Failure: Error {
        /// The executables were not found: Debian's packages mariadb-server-core and mariadb-client-core are missing.
        case notInstalled(String)
        /// It did not answer in time, or a statement failed; what it said.
        case failed(String)
    }

    /// The port it listens on; it stays the same after ``restart()``.
    public let port: Int
    private let folder: URL
    private let options: [String]
    private let process = Mutex<Process?>(nil)

    /// Path of its Unix domain socket.
    public var socketPath: String { folder.appendingPathComponent("socket").path }
    /// Path of its folder, which is removed with it.
    public var folderPath: String { folder.path }

    private init(port: Int, options: [String]) throws {
        self.port = port
        self.options = options
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("mariadb-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        stop()
        try? FileManager.default.removeItem(at: folder)
    }

    /// Creates an empty server, starts it and waits until it answers.
    /// - Parameter options: further arguments of its command line; default: none.
    /// - Returns: the running server.
    /// - Throws: ``Failure``.
    public static func start(options: [String] = []) async throws -> MariaDBServer {
        let server = try MariaDBServer(port: try await RedisServer.freePort(), options: options)
        try run(
            "mariadb-install-db",
            server.common + ["--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"])
        try await server.restart()
        return server
    }

    /// What the installation and every start have in common: nothing of this machine's settings, little memory, and a
    /// folder of its own for temporary tables: a server that starts removes those it finds, also another's.
    private var common: [String] {
        ["--no-defaults", "--datadir=\(folder.path)/data", "--tmpdir=\(folder.path)"]
            + (getuid() == 0 ? ["--user=root"] : [])
    }

    /// Ends it at once (SIGKILL). Does nothing when it is not running.
    public func stop() {
        let running = process.withLock { process -> Process? in
            defer { process = nil }
            return process
        }
        guard let running, running.isRunning else { return }
        kill(running.processIdentifier, SIGKILL)
        running.waitUntilExit()
    }

    /// Starts it again on the same port, with what it has stored.
    /// - Throws: ``Failure``.
    public func restart() async throws {
        stop()
        let child = Process()
        child.executableURL = try Self.executable("mariadbd")
        child.arguments =
            common + [
                "--port=\(port)", "--bind-address=127.0.0.1", "--socket=\(socketPath)",
                "--pid-file=\(folder.path)/pid", "--skip-name-resolve", "--innodb-buffer-pool-size=16M",
                "--innodb-flush-log-at-trx-commit=2", "--log-error=\(folder.path)/log",
            ] + options
        child.standardOutput = FileHandle.nullDevice
        child.standardError = FileHandle.nullDevice
        try child.run()
        process.withLock { $0 = child }
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(60)
        while clock.now < deadline, child.isRunning {
            if (try? sql("SELECT 1")) != nil { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        let log = try? String(contentsOf: folder.appendingPathComponent("log"), encoding: .utf8)
        throw Failure.failed(String((log ?? "").suffix(2000)))
    }

    /// Freezes it (SIGSTOP).
    public func pause() { signal(SIGSTOP) }

    /// Lets it go on (SIGCONT).
    public func resume() { signal(SIGCONT) }

    private func signal(_ number: Int32) {
        process.withLock { process in
            guard let process, process.isRunning else { return }
            kill(process.processIdentifier, number)
        }
    }

    /// Carries out statements as `root`, over a connection of its own.
    /// - Parameters:
    ///   - statements: separated by semicolons.
    ///   - database: in which database; default: none.
    /// - Returns: one line for each row, columns separated by tabs.
    /// - Throws: ``Failure``.
    @discardableResult
    public func sql(_ statements: String, in database: String = "") throws -> String {
        try Self.run(
            "mariadb",
            [
                "--no-defaults", "--socket=\(socketPath)", "--user=root", "--default-character-set=utf8mb4", "--batch",
                "--skip-column-names", "--execute=\(statements)", database,
            ].filter { !$0.isEmpty })
    }

    @discardableResult
    private static func run(_ name: String, _ arguments: [String]) throws -> String {
        let child = Process()
        child.executableURL = try executable(name)
        child.arguments = arguments
        let output = Pipe()
        child.standardInput = FileHandle.nullDevice
        child.standardOutput = output
        child.standardError = output
        try child.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        child.waitUntilExit()
        guard child.terminationStatus == 0 else { throw Failure.failed(text) }
        return text.trimmingCharacters(in: .newlines)
    }

    private static func executable(_ name: String) throws -> URL {
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "") + ":/usr/bin:/usr/sbin"
        let found = path.split(separator: ":").map { URL(fileURLWithPath: "\($0)/\(name)") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
        guard let found else { throw Failure.notInstalled(name) }
        return found
    }
}
