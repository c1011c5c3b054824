import FoundationEssentials

/// The lines of a configuration file, to find what no setting is read from: names that are misspelt are otherwise just
/// not set.
struct ConfigurationFile {
    private let lines: [Substring]

    /// Reads a file.
    /// - Parameter path: its path.
    /// - Throws: ``LaunchError`` (78) if it cannot be read.
    init(_ path: String) throws(LaunchError) {
        do {
            self.init(text: try String(contentsOfFile: path, encoding: .utf8))
        } catch {
            throw .configuration("configuration file \(path) cannot be read")
        }
    }

    init(text: String) {
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// Lines that are no `KEY=value`, keys that stand there twice, and keys that begin with `SWITCHBOARD_` and are none.
    /// - Parameter known: the variables of all settings.
    /// - Returns: the problems, in the order of the lines; values are not repeated.
    func problems(known: Set<String>) -> [LaunchError] {
        var seen: Set<String> = []
        return lines.enumerated().compactMap { index, line in
            let line = line.drop { $0.isWhitespace }
            guard !line.isEmpty, line.first != "#" else { return nil }
            let place = "configuration file, line \(index + 1)"
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let key = String((parts.first ?? "").prefix { !$0.isWhitespace })
            guard parts.count == 2, !key.isEmpty else { return .configuration("\(place): not KEY=value") }
            guard key.hasPrefix("SWITCHBOARD_") else { return nil }
            guard known.contains(key) else { return .configuration("\(place): there is no setting \(key)") }
            guard seen.insert(key).inserted else { return .configuration("\(place): \(key) is set above, too") }
            return nil
        }
    }
}
