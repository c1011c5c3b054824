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
    private let options: @Sendable (RedisServer) -> [String]
    private let master: RedisServer?
    private let process = Mutex<Process?>(nil)

    /// URL for `RedisConfiguration(url:)`.
    public var url: String { "redis://127.0.0.1:\(port)/0" }
    /// Path of its folder, which is removed with it.
    public var folderPath: String { folder.path }
    /// Path of its Unix domain socket.
    public var unixSocketPath: String { folder.appendingPathComponent("socket").path }

    private init(
        port: Int, master: RedisServer?, options: @escaping @Sendable (RedisServer) -> [String]
    ) throws {
        self.port = port
        self.master = master
        self.options = options
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("redis-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        stop()
        try? FileManager.default.removeItem(at: folder)
    }

    /// Starts a server and waits until it answers.
    /// - Parameters:
    ///   - master: given, it is a sentinel, and knows this master as `main`; default: none.
    ///   - options: further arguments of its command line, made for it at each start; default: none.
    /// - Returns: the running server.
    /// - Throws: ``Failure``.
    public static func start(
        sentinelOf master: RedisServer? = nil,
        options: @escaping @Sendable (RedisServer) -> [String] = { _ in [] }
    ) async throws -> RedisServer {
        for _ in 0..<4 {
            let server = try RedisServer(port: try await freePort(), master: master, options: options)
            if (try? await server.launch()) != nil { return server }
        }
        // Four ports in a row were taken by somebody else between our look and our start: say why the fifth fails.
        let server = try RedisServer(port: try await freePort(), master: master, options: options)
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

    /// Whether its process runs.
    public var isRunning: Bool { process.withLock { $0?.isRunning ?? false } }

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
        guard let executable = Self.executable("redis-server") else { throw Failure.notInstalled }
        let child = Process()
        child.executableURL = executable
        child.currentDirectoryURL = folder
        child.arguments =
            try sentinelArguments() + [
                "--port", "\(port)", "--bind", "127.0.0.1", "--unixsocket", unixSocketPath, "--save", "",
                "--appendonly",
                "no", "--dir", folder.path, "--logfile", folder.appendingPathComponent("log").path,
            ] + options(self)
        child.standardOutput = FileHandle.nullDevice
        child.standardError = FileHandle.nullDevice
        try? FileManager.default.removeItem(atPath: unixSocketPath)
        try child.run()
        process.withLock { $0 = child }
        try await waitUntilReady(child)
    }

    /// A sentinel keeps what it knows in the file that it is started with.
    private func sentinelArguments() throws -> [String] {
        guard let master else { return [] }
        let file = folder.appendingPathComponent("sentinel.conf")
        let lines = [
            "sentinel monitor main 127.0.0.1 \(master.port) 2", "sentinel down-after-milliseconds main 500",
            "sentinel failover-timeout main 3000",
        ]
        try (lines.joined(separator: "\n") + "\n").write(to: file, atomically: true, encoding: .utf8)
        return [file.path, "--sentinel"]
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

    /// Runs `redis-cli` against it and returns what it prints.
    /// - Parameter arguments: a command, or options of `redis-cli`.
    /// - Returns: its output, without the line break at the end; empty if it could not be run.
    @discardableResult
    public func cli(_ arguments: String...) -> String { cli(arguments) }

    func cli(_ arguments: [String]) -> String {
        guard let executable = Self.executable("redis-cli") else { return "" }
        let child = Process()
        child.executableURL = executable
        child.arguments = ["-p", "\(port)"] + arguments
        let output = Pipe()
        child.standardOutput = output
        child.standardError = output
        guard (try? child.run()) != nil else { return "" }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        child.waitUntilExit()
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    private static func executable(_ name: String) -> URL? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"
        return path.split(separator: ":").map { URL(fileURLWithPath: "\($0)/\(name)") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }

    /// A port that was free a moment ago, below those that the system gives to connections.
    static func freePort() async throws -> Int {
        for _ in 0..<100 {
            let port = Int.random(in: 10000..<30000)
            let bootstrap = ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            guard let channel = try? await bootstrap.bind(host: "127.0.0.1", port: port).get() else { continue }
            try await channel.close()
            return port
        }
        throw Failure.notReady("a port")
    }
}
