import Configuration
import Foundation
import Testing

@testable import Launch

@Suite("Settings")
struct SettingsTests {
    private func settings(_ environment: [String: String], file: String? = nil) async throws -> Settings {
        var path: String?
        if let file {
            let url = FileManager.default.temporaryDirectory.appending(path: "settings-\(UUID().uuidString)")
            try file.write(to: url, atomically: true, encoding: .utf8)
            path = url.path()
        }
        defer { if let path { try? FileManager.default.removeItem(atPath: path) } }
        return try await Settings(
            file: path, environment: EnvironmentVariablesProvider(environmentVariables: environment))
    }

    @Test("the command line goes before the environment, that before the file, that before the default")
    func precedence() async throws {
        let file = "# comment\nSWITCHBOARD_A=file\nSWITCHBOARD_B=file\n SWITCHBOARD_C = file=1 \n"
        let settings = try await settings(["SWITCHBOARD_A": "variable", "SWITCHBOARD_B": "variable"], file: file)
        #expect(settings.text("a", "argument") == "argument")
        #expect(settings.text("b") == "variable")
        #expect(settings.text("c") == "file=1")
        #expect(settings.text("d") == nil)
    }

    @Test("an empty variable counts as absent")
    func emptyVariable() async throws {
        let settings = try await settings(["SWITCHBOARD_A": ""], file: "SWITCHBOARD_A=file")
        #expect(settings.text("a") == "file")
    }

    @Test("a file named by the environment is read; one that is missing is a configuration error")
    func missingFile() async throws {
        let missing = "/nonexistent/settings"
        let expected = LaunchError.configuration("configuration file \(missing) cannot be read")
        await #expect(throws: expected) { try await settings(["SWITCHBOARD_CONFIG": missing]) }
        #expect(expected.exitCode == 78)
    }

    @Test("repeated options replace the list of the environment, which is separated by blanks")
    func lists() async throws {
        let settings = try await settings(["SWITCHBOARD_LISTEN": "a=h:1  b=h:2"])
        let listed = try settings.values("listen", [], "name=host:port", ListenAddress.init)
        #expect(listed.map(\.description) == ["a=h:1", "b=h:2"])
        let repeated = try settings.values("listen", ["c=h:3"], "name=host:port", ListenAddress.init)
        #expect(repeated.map(\.description) == ["c=h:3"])
    }

    @Test("a bad value says where it was said: 64 for the command line, 78 for the environment and the file")
    func badValues() async throws {
        let settings = try await settings(["SWITCHBOARD_THREADS": "many"], file: "SWITCHBOARD_PING_INTERVAL=0")
        #expect(throws: LaunchError.usage("--threads: '65' is not a whole number from 1 to 64")) {
            try settings.integer("threads", "65", default: 1, in: 1...64)
        }
        #expect(
            throws: LaunchError.configuration(
                "environment variable SWITCHBOARD_THREADS: 'many' is not a whole number from 1 to 64")
        ) {
            try settings.integer("threads", nil, default: 1, in: 1...64)
        }
        #expect(
            throws: LaunchError.configuration(
                "configuration file, SWITCHBOARD_PING_INTERVAL: '0' is not milliseconds from 1 to 1000")
        ) {
            try settings.milliseconds("ping-interval", nil, default: .seconds(1), in: 1...1000)
        }
        #expect(LaunchError.usage("").exitCode == 64)
    }

    @Test("durations are milliseconds and have a default")
    func durations() async throws {
        let settings = try await settings([:])
        #expect(try settings.milliseconds("t", "250", default: .seconds(1)) == .milliseconds(250))
        #expect(try settings.milliseconds("t", nil, default: .seconds(1)) == .seconds(1))
    }
}
