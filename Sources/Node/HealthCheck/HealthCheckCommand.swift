package import ArgumentParser
package import Launch

/// The command of an executable that can be asked whether it is alive.
package protocol HealthCheckedCommand: MainCommand {
    /// Whom to ask, as the same settings say that start the process.
    /// - Parameter settings: where to read.
    /// - Returns: a listener of the process.
    /// - Throws: `LaunchError` if the settings are wrong or name none.
    func healthTarget(_ settings: Settings) throws(LaunchError) -> HealthTarget
}

/// `healthcheck`: asks the process that runs with the same settings whether it is alive. Exit code 0 if it answers 200 in
/// time, otherwise 1 and one line on standard error. Containers without a shell or another program use it.
package struct HealthCheckCommand<Main: HealthCheckedCommand>: AsyncParsableCommand {
    /// For the argument parser.
    package static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "healthcheck",
            abstract: "Asks a running process whether it is alive: exit code 0, or 1 and a line that says why not.",
            discussion: """
                Takes all options of the command itself, the environment and the configuration file included, to find \
                out where the process listens.
                """)
    }

    /// The command whose process is asked.
    @ParentCommand var main: Main

    @Option(help: "Whom to ask instead: http://HOST:PORT[/PATH], https://… or unix:/SOCKET.")
    var url: String?
    @Option(help: "Milliseconds that the answer may take, 1 to 60000.")
    var timeout = 2000
    @Flag(help: "Ask whether it takes new sessions (/readyz), and not only whether it is alive (/healthz).")
    var ready = false

    /// For the argument parser.
    package init() {}

    /// Checks what the argument parser cannot.
    /// - Throws: `ValidationError` if the timeout is out of range.
    package func validate() throws {
        guard (1...60_000).contains(timeout) else { throw ValidationError("--timeout: 1 to 60000 milliseconds") }
    }

    /// Asks.
    /// - Throws: `ExitCode` 1 after the line that says what is wrong.
    package func run() async throws {
        do {
            let target = try await target()
            let question = HealthQuestion(target: target, path: target.path ?? (ready ? "/readyz" : "/healthz"))
            try await question.ask(within: .milliseconds(timeout))
        } catch {
            Launch.complain("healthcheck: \(error)")
            throw ExitCode.failure
        }
    }

    private func target() async throws -> HealthTarget {
        guard let url else { return try main.healthTarget(try await Settings(file: main.common.config)) }
        guard let target = HealthTarget(url: url) else {
            throw LaunchError.usage("--url: '\(url)' is not http://HOST:PORT[/PATH], https://… or unix:/SOCKET")
        }
        return target
    }
}
