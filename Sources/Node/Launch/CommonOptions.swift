public import ArgumentParser

/// The options every main has; include it with `@OptionGroup`.
public struct CommonOptions: ParsableArguments {
    /// Path of the configuration file.
    @Option(help: "File of KEY=value lines; the environment goes before it. [SWITCHBOARD_CONFIG]")
    public var config: String?

    /// Least severe level that is logged.
    @Option(help: "trace, debug, info, notice, warning, error or critical. [SWITCHBOARD_LOG_LEVEL] (default: info)")
    public var logLevel: String?

    /// How the log is written.
    @Option(help: "How the log is written, text or json. [SWITCHBOARD_LOG_FORMAT] (default: text)")
    public var logFormat: String?

    /// For the argument parser.
    public init() {}
}
