public import ArgumentParser

/// `check`: reads the settings as the start would, says everything that is wrong with them, and starts nothing. Exit code 0
/// if they are right, 78 if not, with one line on standard error for each problem.
///
/// It asks nobody: whether Redis, a database or another node answers is only known by starting.
public struct CheckCommand<Main: MainCommand>: AsyncParsableCommand {
    /// For the argument parser.
    public static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "check",
            abstract: "Checks the settings without starting: one line per problem, exit code 78 if there is any.",
            discussion: "Takes all options of the command itself.")
    }

    /// The command whose settings are checked.
    @ParentCommand var main: Main

    /// For the argument parser.
    public init() {}

    /// Checks.
    /// - Throws: `ExitCode` 78 after the last problem.
    public func run() async throws {
        let problems = await problems()
        for problem in problems { Launch.complain("\(Main.name): \(problem)") }
        guard problems.isEmpty else { throw ExitCode(LaunchError.configuration("").exitCode) }
        print("\(Main.name): no problems found")
    }

    /// What is wrong, one line each.
    private func problems() async -> [String] {
        do {
            let settings = try await Settings(checking: main.common.config)
            if let path = settings.text("config", main.common.config) {
                let known = OptionTable.of(Main.self).variables
                for problem in try ConfigurationFile(path).problems(known: known) { try settings.reject(problem) }
            }
            _ = (try settings.logLevel(main.common), try settings.logFormat(main.common))
            try settings.attempt { () throws(LaunchError) in
                do {
                    try main.read(settings)
                } catch {
                    throw error as? LaunchError ?? .configuration("\(error)")
                }
            }
            return settings.problems?.all.map(\.description) ?? []
        } catch {
            return ["\(error)"]
        }
    }
}
