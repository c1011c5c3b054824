/// How a process writes its log, one line for each message.
public enum LogFormat: String, Sendable, CaseIterable {
    /// For people: time, level, name of the logger, metadata, message.
    case text
    /// For programs: one JSON object, see ``JSONLogHandler``.
    case json
}

extension Settings {
    /// How the log is written.
    func logFormat(_ options: CommonOptions) throws(LaunchError) -> LogFormat {
        try value("log-format", options.logFormat, default: .text, "text or json", LogFormat.init(rawValue:))
    }
}
