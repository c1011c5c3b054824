import Testing

@testable import WebAPI

@Suite("ICE servers")
struct ICEServersTests {
    @Test("TURN servers come with credentials by the shared secret, STUN servers without")
    func credentials() throws {
        let servers = try ICEServers(
            urls: ["turn:turn.example.org:3478?transport=udp", "stun:stun.example.org"],
            secret: "a secret of the TURN servers")
        // 71 is "1z" in base 36; the credential was computed with Python's hmac.
        let answer = servers.answer(now: 1_700_000_000, random: 71)
        #expect(answer.ttl == 43_200)
        #expect(
            answer.iceServers == [
                .init(urls: ["stun:stun.example.org"]),
                .init(
                    urls: ["turn:turn.example.org:3478?transport=udp"], username: "1700043200:1z",
                    credential: "XOr+hsjB/4+xm2x3NflD3JZGcqk="),
            ])
    }

    @Test("none are none")
    func none() {
        #expect(ICEServers().answer(now: 0, random: 0).iceServers == [])
    }

    @Test(
        "addresses have a scheme, a host and perhaps a port",
        arguments: [
            ("stun:a.example", true), ("stuns:a.example:5349", true), ("turn:192.0.2.1:3478", true),
            ("turns:[2001:db8::1]:443?transport=tcp", true), ("turn:a.example?transport=udp", true),
            ("stun:a.example?transport=udp", false), ("turn:a.example?transport=sctp", false), ("turn:", false),
            ("stun", false), ("http://a.example", false), ("stun:user@a.example", false), ("STUN:a.example", false),
            ("stun:" + String(repeating: "a", count: 256), false),
        ])
    func addresses(text: String, isURL: Bool) {
        #expect(ICEServers.isURL(text) == isURL)
    }

    @Test("addresses and secret must go together")
    func problems() throws {
        #expect(throws: ICEServers.Problem.secretMissing) { try ICEServers(urls: ["turn:a"], secret: nil) }
        #expect(throws: ICEServers.Problem.secretUnused) { try ICEServers(urls: ["stun:a"], secret: "s") }
        #expect(throws: ICEServers.Problem.tooMany) {
            try ICEServers(urls: Array(repeating: "stun:a", count: 17), secret: nil)
        }
        #expect(ICEServers.Problem.secretMissing.description.contains("SWITCHBOARD_MEET_TURN_SECRET"))
    }
}
