import ArgumentParser
import Launch
import Testing

@Suite("Settings of listeners")
struct ListenerSettingsTests {
    private func read(_ change: (inout ListenerOptions) -> Void) async throws -> ListenerSettings {
        var options = try ListenerOptions.parse([])
        change(&options)
        return try await Settings(file: nil).listeners(options)
    }

    @Test("without options nothing is limited and plain HTTP is spoken")
    func defaults() async throws {
        #expect(try await read { _ in } == ListenerSettings())
    }

    @Test("reads rates with and without burst", arguments: [("5", 5, 5), ("5:20", 5, 20), ("100:1", 100, 1)])
    func rates(text: String, perSecond: Int, burst: Int) async throws {
        let rate = try await read { $0.handshakesPerAddress = text }.handshakesPerAddress
        #expect(rate?.perSecond == perSecond && rate?.burst == burst)
    }

    @Test("refuses wrong rates", arguments: ["", "0", "-1", "1:", ":1", "1:2:3", "x", "1:0", "1000001"])
    func wrongRates(text: String) async {
        await #expect(throws: LaunchError.self) { try await read { $0.handshakesPerAddress = text } }
    }

    @Test("a certificate needs its key, and a key its certificate")
    func tls() async throws {
        let files = try await read {
            $0.tlsCertificate = "a"
            $0.tlsKey = "b"
        }.tls
        #expect(files?.certificate == "a" && files?.key == "b")
        await #expect(throws: LaunchError.configuration("--tls-certificate needs --tls-key")) {
            try await read { $0.tlsCertificate = "a" }
        }
        await #expect(throws: LaunchError.configuration("--tls-key needs --tls-certificate")) {
            try await read { $0.tlsKey = "b" }
        }
    }
}
