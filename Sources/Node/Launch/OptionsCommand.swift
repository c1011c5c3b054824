public import ArgumentParser

/// `options`: prints the table of all settings in Markdown, as `Documentation/Configuration.md` has it (`scripts/options`).
public struct OptionsCommand<Main: MainCommand>: AsyncParsableCommand {
    /// For the argument parser.
    public static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "options", abstract: "Prints the table of all settings in Markdown.", shouldDisplay: false)
    }

    /// The command whose settings are listed.
    @ParentCommand var main: Main

    /// For the argument parser.
    public init() {}

    /// Prints the table.
    public func run() async {
        print(OptionTable.of(Main.self).markdown, terminator: "")
    }
}
