import Testing

@testable import EngineIO

@Suite("Request purpose")
struct RequestPurposeTests {
    func purpose(
        _ method: String, _ query: String, isWebSocket: Bool = false,
        transports: Set<Transport> = [.polling, .websocket], allowsVersion3: Bool = false
    ) throws(HandshakeError) -> RequestPurpose {
        try RequestPurpose(
            method: method, items: Array(query.utf8).withUnsafeBytes { QueryString.ProtocolItems($0) },
            isWebSocket: isWebSocket, transports: transports, allowsVersion3: allowsVersion3)
    }

    @Test("knows what a good request wants")
    func good() throws {
        #expect(try purpose("GET", "EIO=4&transport=polling") == .open(.polling, .v4))
        #expect(try purpose("GET", "EIO=4&transport=websocket", isWebSocket: true) == .open(.websocket, .v4))
        #expect(try purpose("GET", "EIO=4&transport=polling&sid=a") == .poll(SessionID("a")))
        #expect(try purpose("POST", "EIO=4&transport=polling&sid=a&t=x") == .post(SessionID("a")))
        #expect(try purpose("GET", "EIO=4&transport=websocket&sid=a", isWebSocket: true) == .upgrade(SessionID("a")))
        #expect(try purpose("GET", "EIO=4&transport=polling&sid=") == .open(.polling, .v4))
    }

    @Test("of an item that comes twice the last one counts, and escapes are read")
    func lastAndEscaped() throws {
        #expect(
            try purpose("GET", "sid=a&transport=websocket&EIO=3&transport=polling&sid=b") == .poll(SessionID("b")))
        #expect(try purpose("GET", "EIO=3&transport=polling&EIO=4") == .open(.polling, .v4))
        #expect(try purpose("GET", "%45IO=%34&transport=p%6flling") == .open(.polling, .v4))
        #expect(try purpose("GET", "transport=polling&%73id=a%2Bb") == .poll(SessionID("a+b")))
        #expect(throws: HandshakeError.unknownTransport) { try purpose("GET", "transport=polling&transport=x&EIO=4") }
    }

    @Test("knows the ids of sessions that are as long as ours, and takes longer ones for those of others")
    func sessionIDs() throws {
        let id = "abcdef" + String(repeating: "x", count: 17)
        #expect(try purpose("GET", "transport=polling&sid=\(id)") == .poll(SessionID(id)))
        for other in [id + "x", id + id, String(id.dropLast()), id.replacing("f", with: "g")] {
            #expect(SessionID(other) != SessionID(id))
            #expect(try purpose("GET", "transport=polling&sid=\(other)") == .poll(SessionID(other)))
        }
    }

    @Test("takes whatever is not 4 for revision 3, where that is allowed", arguments: ["EIO=3&", "", "EIO=abc&"])
    func version3(item: String) throws {
        #expect(try purpose("GET", item + "transport=polling", allowsVersion3: true) == .open(.polling, .v3))
        #expect(try purpose("GET", "EIO=4&transport=polling", allowsVersion3: true) == .open(.polling, .v4))
        #expect(try purpose("GET", item + "transport=polling&sid=a") == .poll(SessionID("a")))
    }

    @Test(
        "refuses a bad one with the reference server's code",
        arguments: [
            ("GET", "EIO=4", .unknownTransport), ("GET", "EIO=4&transport=abc", .unknownTransport),
            ("POST", "EIO=4&transport=polling", .badHandshakeMethod),
            ("PUT", "EIO=4&transport=polling", .badHandshakeMethod),
            ("HEAD", "EIO=4&transport=polling", .badHandshakeMethod),
            ("GET", "EIO=4&transport=websocket", .badRequest), ("PUT", "EIO=4&transport=polling&sid=a", .badRequest),
            ("GET", "EIO=4&transport=websocket&sid=a", .badRequest),
            ("GET", "transport=polling", .unsupportedProtocolVersion),
            ("GET", "EIO=3&transport=polling", .unsupportedProtocolVersion),
            ("GET", "EIO=abc&transport=polling", .unsupportedProtocolVersion),
        ] as [(String, String, HandshakeError)])
    func bad(method: String, query: String, error: HandshakeError) {
        #expect(throws: error) { try purpose(method, query) }
    }

    @Test("refuses a transport that is not offered, and polling by WebSocket handshake")
    func transports() {
        #expect(throws: HandshakeError.unknownTransport) {
            try purpose("GET", "EIO=4&transport=polling", transports: [.websocket])
        }
        #expect(throws: HandshakeError.badRequest) {
            try purpose("GET", "EIO=4&transport=polling", isWebSocket: true)
        }
    }

    @Test("answers errors in the reference server's words")
    func bodies() {
        let bodies = HandshakeError.allCases.map { "\($0.status) \($0.json)" }
        #expect(
            bodies == [
                #"400 {"code":0,"message":"Transport unknown"}"#, #"400 {"code":1,"message":"Session ID unknown"}"#,
                #"400 {"code":2,"message":"Bad handshake method"}"#, #"400 {"code":3,"message":"Bad request"}"#,
                #"403 {"code":4,"message":"Forbidden"}"#, #"400 {"code":5,"message":"Unsupported protocol version"}"#,
                #"429 {"code":6,"message":"Too many handshakes"}"#,
            ])
    }
}

@Suite("Query string")
struct QueryStringTests {
    func items(_ target: String) -> [String] { QueryString(target: target).items.map { "\($0.name):\($0.value)" } }

    @Test("decodes names and values in order")
    func decodes() {
        #expect(items("/x?a=1&b=2&a=3") == ["a:1", "b:2", "a:3"])
        #expect(items("/x?na%20me=v%C3%A4l+ue&flag&=x&&e=a=b#f") == ["na me:väl ue", "flag:", ":x", "e:a=b"])
        #expect(items("/x").isEmpty)
        #expect(items("/x?").isEmpty)
    }

    @Test("finds what ends a name or a value wherever that stands", arguments: 0..<19)
    func marks(place: Int) {
        let value = "abcdefghi-klmno_qrs"
        for byte in UInt8(0x21)...0x7E {
            let start = String(value.prefix(place))
            let rest = String(value.dropFirst(place))
            let found = items("/?n=\(start)\(Character(UnicodeScalar(byte)))\(rest)&b=1")
            switch byte {
            case UInt8(ascii: "&"): #expect(found == ["n:\(start)"] + (rest.isEmpty ? [] : ["\(rest):"]) + ["b:1"])
            case UInt8(ascii: "#"): #expect(found == ["n:\(start)"])
            case UInt8(ascii: "+"): #expect(found == ["n:\(start) \(rest)", "b:1"])
            default:
                let text = "\(start)\(Character(UnicodeScalar(byte)))\(rest)"
                #expect(found.last == "b:1" && (byte == UInt8(ascii: "%") || found.first == "n:\(text)"))
            }
        }
    }

    @Test("keeps stray percent signs and repairs what is not UTF-8")
    func stray() {
        #expect(items("/?a=100%&b=%zz&c=%4&d=%+1&e=%ff") == ["a:100%", "b:%zz", "c:%4", "d:% 1", "e:\u{FFFD}"])
    }

    @Test("a combining mark hides no question mark and no fragment")
    func combiningMarks() {
        #expect(items("/x?\u{301}a=1&b=2") == ["\u{301}a:1", "b:2"])
        #expect(items("/x?a=1#\u{64F}&sid=b") == ["a:1"])
    }

    @Test("the last value of a name counts")
    func last() {
        let query = QueryString(target: "/x?a=1&a=2")
        #expect(query["a"] == "2")
        #expect(query["b"] == nil)
    }
}
