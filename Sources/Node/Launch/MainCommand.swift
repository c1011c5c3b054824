public import ArgumentParser

/// The command of an executable whose settings can be checked and listed without starting it:
///
/// ```swift
/// @main struct SwitchboardGateway: MainCommand {
///     static let configuration = CommandConfiguration(
///         commandName: "switchboard-gateway",
///         subcommands: [CheckCommand<Self>.self, OptionsCommand<Self>.self])
/// }
/// ```
///
/// Options may stand before or after the name of a subcommand; without one the process starts.
public protocol MainCommand: AsyncParsableCommand {
    /// The options every main has.
    var common: CommonOptions { get }
    /// The secrets that the process reads.
    static var secrets: [Secret] { get }

    /// Reads all settings as the start does, and looks at the files that they name, but starts nothing.
    /// - Parameter settings: where to read; notes what is wrong.
    /// - Throws: what it cannot go on after; ``LaunchError`` where possible.
    func read(_ settings: Settings) throws
}

extension MainCommand {
    /// Name of the executable.
    static var name: String { configuration.commandName ?? "switchboard" }
}
