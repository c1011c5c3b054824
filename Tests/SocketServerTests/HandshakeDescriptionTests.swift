import EngineIO
import SocketIO
import Testing

@testable import SocketServer

@Suite("Descriptions for other nodes")
struct HandshakeDescriptionTests {
    @Test("a handshake is described in the shape of the reference")
    func shape() {
        let handshake = Handshake(
            headers: [("host", "h"), ("x", "1"), ("x", "2"), ("origin", "o")], url: "/socket.io/?EIO=4",
            address: "192.0.2.1", secure: true, issued: 1_795_254_473_434)
        let expected: Value = [
            "headers": ["host": "h", "x": "1, 2", "origin": "o"],
            "time": "Sat Nov 21 2026 09:47:53 GMT+0000 (Coordinated Universal Time)",
            "address": "192.0.2.1", "xdomain": true, "secure": true, "issued": 1_795_254_473_434,
            "url": "/socket.io/?EIO=4", "query": ["EIO": "4"], "auth": ["token": "t"],
        ]
        #expect(handshake.description(auth: ["token": "t"]) == expected)
    }

    @Test(
        "times are written as JavaScript writes them",
        arguments: [
            (0, "Thu Jan 01 1970 00:00:00"), (951_782_399_999, "Mon Feb 28 2000 23:59:59"),
            (951_782_400_000, "Tue Feb 29 2000 00:00:00"), (1_709_251_200_000, "Fri Mar 01 2024 00:00:00"),
            (4_102_444_799_000, "Thu Dec 31 2099 23:59:59"), (-5, "Thu Jan 01 1970 00:00:00"),
        ] as [(Int64, String)])
    func time(milliseconds: Int64, text: String) {
        #expect(Handshake.time(milliseconds) == text + " GMT+0000 (Coordinated Universal Time)")
    }
}
