import Configuration
import Foundation
import Testing

@testable import Launch

@Suite("Secrets")
struct SecretTests {
    private static let secret = Secret("key", "a key")

    private func settings(
        _ environment: [String: String], problems: ProblemList? = nil
    ) async throws -> Settings {
        try await Settings(
            file: nil, environment: EnvironmentVariablesProvider(environmentVariables: environment), problems: problems)
    }

    private func withFile(_ contents: Data, _ body: (String) async throws -> Void) async throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "secret-\(UUID().uuidString)")
        try contents.write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        try await body(url.path())
    }

    @Test("a secret is a variable, or a file that another variable names")
    func sources() async throws {
        let none = try await settings([:])
        #expect(try none.secret(Self.secret) == nil)
        let variable = try await settings(["SWITCHBOARD_KEY": "abc"])
        #expect(try variable.secret(Self.secret) == "abc")
        try await withFile(Data(" a\nb\r\n".utf8)) { path in
            let settings = try await settings(["SWITCHBOARD_KEY_FILE": path])
            #expect(try settings.secret(Self.secret) == " a\nb")
        }
    }

    @Test("given twice, it is refused")
    func twice() async throws {
        let settings = try await settings(["SWITCHBOARD_KEY": "abc", "SWITCHBOARD_KEY_FILE": "/nonexistent"])
        let expected = LaunchError.configuration("both SWITCHBOARD_KEY and SWITCHBOARD_KEY_FILE are set")
        #expect(throws: expected) { try settings.secret(Self.secret) }
    }

    @Test("a file that is missing, empty, no text or too long is refused without a word of what is in it")
    func badFiles() async throws {
        let missing = try await settings(["SWITCHBOARD_KEY_FILE": "/nonexistent"])
        #expect(throws: LaunchError.configuration("SWITCHBOARD_KEY_FILE: /nonexistent cannot be read")) {
            try missing.secret(Self.secret)
        }
        let long = Data(repeating: UInt8(ascii: "a"), count: Secret.fileLimit + 1)
        for contents in [Data(), Data("\n".utf8), Data([0xFF]), long] {
            try await withFile(contents) { path in
                let settings = try await settings(["SWITCHBOARD_KEY_FILE": path])
                let expected = "SWITCHBOARD_KEY_FILE: \(path) does not hold 1 to 65536 bytes of text"
                #expect(throws: LaunchError.configuration(expected)) { try settings.secret(Self.secret) }
            }
        }
    }

    @Test("a check notes problems and goes on")
    func checking() async throws {
        let problems = ProblemList()
        let settings = try await settings(
            ["SWITCHBOARD_KEY_FILE": "/nonexistent", "SWITCHBOARD_A": "x", "SWITCHBOARD_B": "1 y"], problems: problems)
        #expect(try settings.secret(Self.secret) == nil)
        #expect(try settings.integer("a", nil, default: 7, in: 1...9) == 7)
        #expect(try settings.values("b", [], "a number", Int.init) == [1])
        try settings.attempt { () throws(LaunchError) in throw .usage("no") }
        #expect(problems.all.map(\.exitCode) == [78, 78, 78, 64])
    }
}
