import Routing
import Testing

@Suite("Kinds of requests")
struct RequestKindTests {
    @Test(
        "a request line tells the session it belongs to",
        arguments: [
            ("GET", "/socket.io/?EIO=4&transport=polling&sid=Ab3_x-0abc", RequestKind.session("Ab3_x-0abc")),
            ("POST", "/?sid=a", .session("a")),
            ("GET", "/?sid=first&sid=second", .session("first")),
            ("GET", "/?sid=a%20b#sid=c", .session("a%20b")),
            ("GET", "/socket.io/?EIO=4&transport=polling", .handshake),
            ("GET", "/socket.io/?transport=websocket&sid=", .handshake),
            ("GET", "/socket.io/?EIO=4&xsid=a", .handshake),
            ("GET", "/?side=1", .other),
            ("GET", "/?sid", .other),
            ("GET", "/sid=a", .other),
            ("GET", "/", .other),
            ("GET", "", .other),
            ("GET", "/?#sid=a", .other),
            ("GET", "/#?sid=a", .session("a")),
            ("GET", "/?&&sid=\u{E9}\u{301}&sid=b", .session("\u{E9}\u{301}")),
            ("GET", "/?sid=&sid=b", .session("b")),
            ("OPTIONS", "/socket.io/?EIO=4&sid=a", .other),
        ])
    func kinds(method: String, target: String, kind: RequestKind) {
        #expect(RequestKind(method: method, target: target) == kind)
    }

    @Test(
        "the answer to a handshake tells the session's id",
        arguments: [
            (#"0{"sid":"lv_VI97HAXpY6yYWAAAB","upgrades":["websocket"]"#, "lv_VI97HAXpY6yYWAAAB"),
            (#"0{"pingInterval":25000,"sid":"a"}"#, "a"),
            (#"96:0{"sid":"abc","upgrades":["websocket"]"#, "abc"),
            ("\u{0}\u{9}\u{6}\u{FF}" + #"0{"sid":"abc","upgrades":[]"#, "abc"),
            (#"___eio[12]("108:0{\"sid\":\"abc\",\"upgrades\":[]"#, "abc"),
            (#"2:4a96:0"sid":"abc""#, nil),
            (#"0{"sid":""}"#, nil),
            (#"0{"sid":"abc"#, nil),
            (#"4{"sid":"abc"}"#, nil),
            ("0" + String(repeating: " ", count: 128) + #""sid":"a""#, nil),
            (#"0{"sid":"\#(String(repeating: "a", count: 65))""#, nil),
            ("", nil),
            ("0", nil),
        ] as [(String, String?)])
    func handshakeAnswers(body: String, id: String?) {
        #expect(HandshakeAnswer.sessionID(in: body.utf8) == id)
    }
}
