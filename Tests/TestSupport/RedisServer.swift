import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// A private redis-server for tests: on a free port of 127.0.0.1, in a folder of its own, without persistence.
///
/// ```swift
/// let redis = try await RedisServer.start()
/// defer { redis.stop() }
/// ```
public final class RedisServer: Sendable {
    /// What can go wrong.
    public enum Failure: Error {
        /// No redis-server executable was found in `PATH`.
        case notInstalled
        /// It did not answer in time.
        case notReady(String)
    }

    /// The port it listens on; it stays the same after ``restart()``.
    public let port: Int
    private let folder: URL
    private let process = Mutex<Process?>(nil)

    /// URL for `RedisConfiguration(url:)`.
    public var url: String { "redis://127.0.0.1:\(port)/0" }
    /// Path of its Unix domain socket.
    public var unixSocketPath: String { folder.appendingPathComponent("socket").path }

    private init(port: Int) throws {
        self.port = port
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("redis-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        stop()
        try? FileManager.default.removeItem(at: folder)
    }

    /// Starts a server and waits until it answers.
    /// - Returns: the running server.
    /// - Throws: ``Failure``.
    public static func start() async throws -> RedisServer {
        for _ in 0..<4 {
            let server = try RedisServer(port: try await freePort())
            if (try? await server.launch()) != nil { return server }
        }
        // Four ports in a row were taken by somebody else between our look and our start: say why the fifth fails.
        let server = try RedisServer(port: try await freePort())
        try await server.launch()
        return server
    }

    /// Stops it (SIGKILL: nothing is worth saving). Does nothing when it is not running.
    public func stop() {
        let running = process.withLock { process -> Process? in
            defer { process = nil }
            return process
        }
        guard let running, running.isRunning else { return }
        kill(running.processIdentifier, SIGKILL)
        running.waitUntilExit()
    }

    /// Starts it again on the same port, empty. To be called after ``stop()``.
    /// - Throws: ``Failure``.
    public func restart() async throws {
        stop()
        try await launch()
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

    private func launch() async throws {
        guard let executable = Self.executable else { throw Failure.notInstalled }
        let child = Process()
        child.executableURL = executable
        child.currentDirectoryURL = folder
        child.arguments = [
            "--port", "\(port)", "--bind", "127.0.0.1", "--unixsocket", unixSocketPath, "--save", "", "--appendonly",
            "no", "--dir", folder.path, "--logfile", folder.appendingPathComponent("log").path,
        ]
        child.standardOutput = FileHandle.nullDevice
        child.standardError = FileHandle.nullDevice
        try? FileManager.default.removeItem(atPath: unixSocketPath)
        try child.run()
        process.withLock { $0 = child }
        try await waitUntilReady(child)
    }

    /// Asks at the Unix domain socket, which nobody else can have; it is there after the port has been bound.
    private func waitUntilReady(_ child: Process) async throws {
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(10)
        while clock.now < deadline, child.isRunning {
            let channel = try? await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connect(unixDomainSocketPath: unixSocketPath).get()
            if let channel {
                try? await channel.close()
                return
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw Failure.notReady("port \(port)")
    }

    private static var executable: URL? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"
        return path.split(separator: ":").map { URL(fileURLWithPath: "\($0)/redis-server") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }

    /// A port that was free a moment ago.
    private static func freePort() async throws -> Int {
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = channel.localAddress?.port ?? 0
        try await channel.close()
        return port
    }
}
