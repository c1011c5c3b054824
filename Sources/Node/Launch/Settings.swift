import Configuration
import SystemPackage

/// Reads the settings of a process: command line before environment before configuration file before default.
///
/// The option `--log-level` is the environment variable `SWITCHBOARD_LOG_LEVEL` and the key of the same name in the
/// file, which holds one `KEY=value` per line, `#` beginning a comment. Where an option may be repeated, the variable
/// holds the values separated by blanks. An empty variable counts as absent.
///
/// ```swift
/// let settings = try await Settings(file: options.config)
/// let listeners = try settings.values("listen", options.listen, "name=host:port", ListenAddress.init)
/// let threads = try settings.integer("threads", options.threads, default: 1, in: 1...64)
/// ```
public struct Settings: Sendable {
    let environment: EnvironmentVariablesProvider
    let file: EnvironmentVariablesProvider?
    /// Where problems are noted while settings are only checked; `nil` when the first one ends the start.
    let problems: ProblemList?

    /// Reads the process environment and the configuration file.
    /// - Parameter path: path of the file; `nil` looks for `SWITCHBOARD_CONFIG` in the environment, which may be absent.
    /// - Throws: `LaunchError` (78) if a file is named that cannot be read.
    public init(file path: String?) async throws(LaunchError) {
        try await self.init(file: path, environment: EnvironmentVariablesProvider())
    }

    init(
        file path: String?, environment: EnvironmentVariablesProvider, problems: ProblemList? = nil
    ) async throws(LaunchError) {
        self.environment = environment
        self.problems = problems
        guard let path = path ?? Self.read("config", from: environment) else {
            file = nil
            return
        }
        do {
            file = try await EnvironmentVariablesProvider(environmentFilePath: FilePath(path))
        } catch {
            throw .configuration("configuration file \(path) cannot be read")
        }
    }

    /// A value as text.
    /// - Parameters:
    ///   - option: name of the option without dashes in front, such as `log-level`.
    ///   - argument: what the command line said.
    /// - Returns: the text, or `nil` if it is set nowhere.
    public func text(_ option: String, _ argument: String? = nil) -> String? {
        find(option, argument)?.text
    }

    /// A value of any type.
    /// - Parameters:
    ///   - option: name of the option.
    ///   - argument: what the command line said.
    ///   - standard: the value when it is set nowhere.
    ///   - expected: what a right value looks like, for the error's line.
    ///   - parse: reads a value; `nil` means the text is wrong.
    /// - Returns: the value.
    /// - Throws: `LaunchError`: 64 if the command line is wrong, 78 if the environment or the file is.
    public func value<Value>(
        _ option: String, _ argument: String?, default standard: Value, _ expected: String,
        _ parse: (String) -> Value?
    ) throws(LaunchError) -> Value {
        guard let found = find(option, argument) else { return standard }
        guard let value = parse(found.text) else {
            try reject(found.error(expected))
            return standard
        }
        return value
    }

    /// All values of an option that may be repeated; the first source that has any gives them all.
    /// - Parameters:
    ///   - option: name of the option.
    ///   - arguments: what the command line said.
    ///   - expected: what a right value looks like, for the error's line.
    ///   - parse: reads one value; `nil` means the text is wrong.
    /// - Returns: the values in their order, empty if it is set nowhere.
    /// - Throws: `LaunchError`: 64 if the command line is wrong, 78 if the environment or the file is.
    public func values<Value>(
        _ option: String, _ arguments: [String], _ expected: String, _ parse: (String) -> Value?
    ) throws(LaunchError) -> [Value] {
        var found = arguments.map { Found(text: $0, source: .commandLine(option)) }
        if found.isEmpty, let listed = find(option, nil) {
            found = listed.text.split(separator: " ").map { Found(text: String($0), source: listed.source) }
        }
        var values: [Value] = []
        for item in found {
            if let value = parse(item.text) { values.append(value) } else { try reject(item.error(expected)) }
        }
        return values
    }

    /// A whole number.
    /// - Parameters:
    ///   - option: name of the option.
    ///   - argument: what the command line said.
    ///   - standard: the value when it is set nowhere.
    ///   - range: the values accepted.
    /// - Returns: the number.
    /// - Throws: `LaunchError`: 64 if the command line is wrong, 78 if the environment or the file is.
    public func integer(
        _ option: String, _ argument: String?, default standard: Int, in range: ClosedRange<Int>
    ) throws(LaunchError) -> Int {
        let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        return try value(option, argument, default: standard, expected) { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// A length of time, written as a whole number of milliseconds.
    /// - Parameters:
    ///   - option: name of the option.
    ///   - argument: what the command line said, in milliseconds.
    ///   - standard: the value when it is set nowhere.
    ///   - range: the values accepted, in milliseconds; by default 1 ms to a day.
    /// - Returns: the duration.
    /// - Throws: `LaunchError`: 64 if the command line is wrong, 78 if the environment or the file is.
    public func milliseconds(
        _ option: String, _ argument: String?, default standard: Duration, in range: ClosedRange<Int> = 1...86_400_000
    ) throws(LaunchError) -> Duration {
        let expected = "milliseconds from \(range.lowerBound) to \(range.upperBound)"
        return try value(option, argument, default: standard, expected) { text in
            Int(text).flatMap { range.contains($0) ? .milliseconds($0) : nil }
        }
    }

    /// From which size on something is done: a whole number of bytes, `on` or `off`.
    /// - Parameters:
    ///   - option: name of the option.
    ///   - argument: what the command line said.
    ///   - standard: the value when it is set nowhere; `nil` is `off`.
    ///   - on: what `on` means, in bytes.
    /// - Returns: the size; `nil` for `off`.
    /// - Throws: `LaunchError`: 64 if the command line is wrong, 78 if the environment or the file is.
    public func threshold(
        _ option: String, _ argument: String?, default standard: Int?, on: Int
    ) throws(LaunchError) -> Int? {
        try value(option, argument, default: standard, "on, off, or a whole number of bytes") { text in
            switch text {
            case "on": .some(on)
            case "off": .some(nil)
            default: Int(text).flatMap { $0 >= 0 ? .some($0) : nil }
            }
        }
    }

    /// The environment variable of an option.
    /// - Parameter option: name of the option, such as `log-level`.
    /// - Returns: the variable's name, such as `SWITCHBOARD_LOG_LEVEL`.
    public static func variable(_ option: String) -> String {
        "SWITCHBOARD_" + String(option.uppercased().map { $0 == "-" ? "_" : $0 })
    }

    private func find(_ option: String, _ argument: String?) -> Found? {
        if let argument { return Found(text: argument, source: .commandLine(option)) }
        if let text = Self.read(option, from: environment) { return Found(text: text, source: .environment(option)) }
        if let file, let text = Self.read(option, from: file) { return Found(text: text, source: .file(option)) }
        return nil
    }

    static func read(_ option: String, from provider: EnvironmentVariablesProvider) -> String? {
        guard let text = try? provider.environmentValue(forName: variable(option)), !text.isEmpty else { return nil }
        return text
    }
}

/// A text and who said it.
private struct Found {
    enum Source {
        case commandLine(String), environment(String), file(String)
    }

    let text: String
    let source: Source

    func error(_ expected: String) -> LaunchError {
        switch source {
        case .commandLine(let option): .usage("--\(option): '\(text)' is not \(expected)")
        case .environment(let option):
            .configuration("environment variable \(Settings.variable(option)): '\(text)' is not \(expected)")
        case .file(let option):
            .configuration("configuration file, \(Settings.variable(option)): '\(text)' is not \(expected)")
        }
    }
}
