import ArgumentParser
import FoundationEssentials

/// Every setting of an executable, as its command declares them.
struct OptionTable: Sendable {
    /// One option.
    struct Row: Sendable, Hashable {
        /// Its name without dashes in front, such as `log-level`.
        var option: String
        /// The part of the help that it stands in; empty for those of the command itself.
        var section: String
        /// What it is.
        var help: String
        /// Its value when it is set nowhere; `nil` where the help says none.
        var standard: String?
    }

    /// The options, in the order of the help.
    var rows: [Row]
    /// The secrets.
    var secrets: [Secret]

    /// The table of a command.
    /// - Parameter command: the command.
    /// - Returns: the table.
    static func of<Main: MainCommand>(_ command: Main.Type) -> OptionTable {
        OptionTable(dump: command._dumpHelp(), secrets: command.secrets)
    }

    /// Reads the description that the argument parser gives of a command (its documented JSON form).
    init(dump: String, secrets: [Secret]) {
        let description = try? JSONDecoder().decode(Description.self, from: Data(dump.utf8))
        rows = (description?.command.arguments ?? []).filter { $0.kind == "option" }.map(Row.init)
        self.secrets = secrets
    }

    /// The variables of all settings, as environment and configuration file have them.
    var variables: Set<String> {
        Set(rows.map { Settings.variable($0.option) })
            .union(secrets.flatMap { [Settings.variable($0.option), $0.fileVariable] })
    }

    /// One table for each section, and one for the secrets.
    var markdown: String {
        var sections: [String] = []
        for row in rows where !sections.contains(row.section) { sections.append(row.section) }
        let tables = sections.map { section in
            let lines = rows.filter { $0.section == section }.map { row in
                "| `--\(row.option)` | `\(Settings.variable(row.option))` | \(Self.cell(row.standard ?? "–")) "
                    + "| \(Self.cell(row.help)) |\n"
            }
            return "\n### \(section.isEmpty ? "General" : section)\n\n"
                + "| option | variable | default | |\n|---|---|---|---|\n" + lines.joined()
        }
        return tables.joined() + secretsMarkdown
    }

    private var secretsMarkdown: String {
        guard !secrets.isEmpty else { return "" }
        let lines = secrets.map { "| `\(Settings.variable($0.option))` | \(Self.cell($0.help)) |\n" }
        return "\n### Secrets\n\n| variable | |\n|---|---|\n" + lines.joined()
    }

    /// A text that does not end a cell or become markup.
    private static func cell(_ text: String) -> String {
        text.reduce(into: "") { cell, character in
            if "|<>*".contains(character) { cell.append("\\") }
            cell.append(character)
        }
    }
}

extension OptionTable {
    /// What of the description is used.
    fileprivate struct Description: Decodable {
        struct Command: Decodable {
            var arguments: [Argument]?
        }
        struct Argument: Decodable {
            struct Name: Decodable {
                var name: String
            }
            var kind: String
            var preferredName: Name?
            var sectionTitle: String?
            var abstract: String?
        }
        var command: Command
    }
}

extension OptionTable.Row {
    /// Takes the default out of the help, where it stands in parentheses at the end: `Event loops. (default: 1)`.
    fileprivate init(_ argument: OptionTable.Description.Argument) {
        option = argument.preferredName?.name ?? ""
        section = argument.sectionTitle ?? ""
        help = argument.abstract ?? ""
        let mark = " (default: "
        guard help.hasSuffix(")"), let start = help.firstRange(of: mark) else { return }
        standard = String(help[start.upperBound...].dropLast())
        help = String(help[..<start.lowerBound])
    }
}
