import ArgumentParser
import Testing

@testable import Launch

@Suite("Table of settings")
struct OptionTableTests {
    private struct Example: MainCommand {
        static let configuration = CommandConfiguration(
            commandName: "example", subcommands: [CheckCommand<Example>.self, OptionsCommand<Example>.self])
        static var secrets: [Secret] { [Secret("key", "a *key*")] }

        @OptionGroup var common: CommonOptions
        @OptionGroup(title: "Numbers") var numbers: Numbers

        func read(_ settings: Settings) throws {}
    }

    private struct Numbers: ParsableArguments {
        @Option(help: "How many, a|b. (default: 1)")
        var howMany: String?
    }

    @Test("it has every option with variable and default, by section, and the secrets")
    func markdown() {
        let table = OptionTable.of(Example.self)
        #expect(
            table.markdown.hasSuffix(
                """
                ### Numbers

                | option | variable | default | |
                |---|---|---|---|
                | `--how-many` | `SWITCHBOARD_HOW_MANY` | 1 | How many, a\\|b. |

                ### Secrets

                | variable | |
                |---|---|
                | `SWITCHBOARD_KEY` | a \\*key\\* |

                """))
        #expect(table.markdown.contains("### General"))
        #expect(
            table.variables == [
                "SWITCHBOARD_CONFIG", "SWITCHBOARD_LOG_LEVEL", "SWITCHBOARD_LOG_FORMAT", "SWITCHBOARD_HOW_MANY",
                "SWITCHBOARD_KEY", "SWITCHBOARD_KEY_FILE",
            ])
    }

    @Test("options stand before or after the name of a subcommand, and are the command's without one")
    func subcommands() throws {
        for arguments in [["check", "--how-many", "2"], ["--how-many", "2", "check"]] {
            let check = try #require(try Example.parseAsRoot(arguments) as? CheckCommand<Example>)
            #expect(check.main.numbers.howMany == "2")
        }
        let start = try #require(try Example.parseAsRoot(["--how-many", "check"]) as? Example)
        #expect(start.numbers.howMany == "check")
    }

    @Test("lines of the file that nothing is read from are named")
    func configurationFile() {
        let file = ConfigurationFile(
            text: "# x\n\n SWITCHBOARD_A = 1\nSWITCHBOARD_B=1\nOTHER=2\nnothing\nSWITCHBOARD_A=2\n=3\n")
        #expect(
            file.problems(known: ["SWITCHBOARD_A"]).map(\.description) == [
                "configuration file, line 4: there is no setting SWITCHBOARD_B",
                "configuration file, line 6: not KEY=value",
                "configuration file, line 7: SWITCHBOARD_A is set above, too",
                "configuration file, line 8: not KEY=value",
            ])
    }
}
