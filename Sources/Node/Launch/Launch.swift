import ArgumentParser
import Glibc
public import Logging
public import ServiceLifecycle
import UnixSignals

/// What the start of every process shares: settings, logging, signals, exit codes.
///
/// ```swift
/// func run() async throws {
///     try await Launch.run("switchboard-gateway", common) { settings, logger in
///         let server = GatewayServer(configuration: try settings.gateway(self), logger: logger)
///         try await Launch.serve([server], drain: .seconds(10), logger: logger)
///     }
/// }
/// ```
public enum Launch {
    /// Reads the settings, starts logging to standard error, raises the limit of open files and runs the process.
    /// - Parameters:
    ///   - label: name of the process, the label of its logger.
    ///   - options: the options every main has.
    ///   - body: composes and serves.
    /// - Throws: `ExitCode` for the argument parser, after one line on standard error.
    public static func run(
        _ label: String, _ options: CommonOptions, _ body: (Settings, Logger) async throws -> Void
    ) async throws {
        do {
            let settings = try await Settings(file: options.config)
            let level = try settings.logLevel(options)
            let format = try settings.logFormat(options)
            LoggingSystem.bootstrap { label in
                var handler: any LogHandler =
                    switch format {
                    case .text: StreamLogHandler.standardError(label: label)
                    case .json: JSONLogHandler(label: label)
                    }
                handler.logLevel = level
                return handler
            }
            raiseDescriptorLimit()
            try await body(settings, Logger(label: label))
        } catch let error as LaunchError {
            complain("\(label): \(error)")
            throw ExitCode(error.exitCode)
        } catch let error as ExitCode {
            throw error
        } catch {
            complain("\(label): \(error)")
            throw ExitCode.failure
        }
    }

    /// Runs services until they end or a signal comes: the first SIGTERM or SIGINT shuts down gracefully, in reverse
    /// order; the second one ends the process at once, with exit code 128 + signal.
    /// - Parameters:
    ///   - services: the services, each after those it needs.
    ///   - isReady: whether the process serves already: then the service manager is told, once signals are listened to. With
    ///     `false`, the default, a service tells it.
    ///   - drain: how long a graceful shutdown may take before the services are cancelled.
    ///   - logger: tells about the shutdown.
    ///   - reload: what SIGHUP does; what it throws is logged. With `nil`, the default, SIGHUP ends the process.
    /// - Throws: what a service threw.
    public static func serve(
        _ services: [any Service], isReady: Bool = false, drain: Duration, logger: Logger,
        reload: (@Sendable () throws -> Void)? = nil
    ) async throws {
        var configuration = ServiceGroupConfiguration(
            services: services.map {
                .init(
                    service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
                    failureTerminationBehavior: .gracefullyShutdownGroup)
            },
            logger: logger)
        configuration.maximumGracefulShutdownDuration = drain
        let group = ServiceGroup(configuration: configuration)
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let hangups = reload == nil ? nil : await UnixSignalsSequence(trapping: .sighup)
        if isReady { ServiceManager.tell(.ready) }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                var isFirst = true
                for await signal in signals {
                    guard isFirst else { _exit(128 + signal.rawValue) }
                    isFirst = false
                    ServiceManager.tell(.stopping)
                    logger.notice("shutting down; a second signal ends at once", metadata: ["signal": "\(signal)"])
                    await group.triggerGracefulShutdown()
                }
            }
            tasks.addTask {
                try await group.run()
            }
            if let reload, let hangups {
                tasks.addTask { await Self.reload(reload, at: hangups, logger) }
            }
            // The signal tasks end only when they are cancelled, so the first to end is the group.
            try await tasks.next()
            tasks.cancelAll()
        }
    }

    private static func reload(
        _ reload: @Sendable () throws -> Void, at hangups: UnixSignalsSequence, _ logger: Logger
    ) async {
        for await _ in hangups {
            do {
                try reload()
                logger.notice("reloaded")
            } catch {
                logger.error("not reloaded; what was there stays", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Tells the operator, and scripts that wait for it, where a listener listens: one line on standard output.
    /// - Parameters:
    ///   - name: the listener's name.
    ///   - address: address it is bound to, such as `127.0.0.1:3001`.
    public static func announce(_ name: String, at address: String) {
        print("\(name) listens on \(address)")
        // Standard output is block-buffered when it is a pipe.
        fflush(nil)
    }

    /// Every client costs a descriptor, through a gateway two; the usual soft limit is 1,024 for the sake of programs that
    /// use `select`. What the administrator allows at most stays as it is.
    static func raiseDescriptorLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// Tells the operator what is wrong: one line on standard error.
    /// - Parameter line: the line; line feeds in it become blanks.
    public static func complain(_ line: String) {
        let text = line.split(separator: "\n").joined(separator: " ") + "\n"
        _ = text.withCString { write(STDERR_FILENO, $0, strlen($0)) }
    }
}
