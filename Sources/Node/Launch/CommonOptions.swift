public import ArgumentParser
import Logging

/// The options every main has; include it with `@OptionGroup`.
public struct CommonOptions: ParsableArguments {
    /// Path of the configuration file.
    @Option(help: "File of KEY=value lines; the environment goes before it.")
    public var config: String?

    /// Least severe level that is logged.
    @Option(help: "trace, debug, info, notice, warning, error or critical. (default: info)")
    public var logLevel: String?

    /// How the log is written.
    @Option(help: "How the log is written, text or json. (default: text)")
    public var logFormat: String?

    /// For the argument parser.
    public init() {}
}

extension Settings {
    /// From which level on is logged.
    func logLevel(_ options: CommonOptions) throws(LaunchError) -> Logger.Level {
        try value(
            "log-level", options.logLevel, default: Logger.Level.info,
            "trace, debug, info, notice, warning, error or critical", Logger.Level.init(rawValue:))
    }
}
