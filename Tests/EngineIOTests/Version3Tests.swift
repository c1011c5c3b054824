import NIOCore
import Testing

@testable import EngineIO

@Suite("Revision 3: messages")
struct Version3Tests {
    func payload(_ messages: [OutgoingMessage], _ client: Version3) -> String {
        String(buffer: OutgoingMessage.payload(messages.map { $0.adapted(to: client) }, for: client).0)
    }

    func frame(_ message: Message) -> ByteBuffer { OutgoingMessage(bare: message).frames }

    @Test("the first request tells whether binary is text, and the JSONP callback")
    func query() {
        let clients = ["", "b64=1", "b64=", "j=12", "j=1x2", "j=", "j=99999999999999999999"].map {
            Version3(query: QueryString(target: "/?EIO=3&" + $0))
        }
        #expect(clients.map(\.isTextOnly) == [false, true, false, true, true, true, true])
        #expect(clients.map(\.callback) == [nil, nil, nil, 12, 12, 0, 0])
    }

    @Test("text messages keep their bytes, and control packets get a length")
    func text() {
        let hello = OutgoingMessage(.text(ByteBuffer(string: "hé😀")))
        #expect(hello.adapted(to: .xhr).frames == hello.frames)
        #expect(payload([hello, .pong, .close], .xhr) == "5:4hé😀1:31:1")
    }

    @Test("binary messages begin with the packet type in WebSocket frames, or are base64")
    func frames() {
        let message = OutgoingMessage(attachments: [ByteBuffer(bytes: [1, 2, 3, 4]), ByteBuffer()]) {
            $0.writeString("52-[]")
        }
        var frames = frame(.text(ByteBuffer(string: "452-[]")))
        frames.writeImmutableBuffer(frame(.binary(ByteBuffer(bytes: [4, 1, 2, 3, 4]))))
        frames.writeImmutableBuffer(frame(.binary(ByteBuffer(bytes: [4]))))
        #expect(message.adapted(to: .xhr).frames == frames)
        frames = frame(.text(ByteBuffer(string: "452-[]")))
        frames.writeImmutableBuffer(frame(.text(ByteBuffer(string: "b4AQIDBA=="))))
        frames.writeImmutableBuffer(frame(.text(ByteBuffer(string: "b4"))))
        #expect(message.adapted(to: .base64).frames == frames)
        #expect(payload([message], .base64) == "6:452-[]10:b4AQIDBA==2:b4")
        let long = OutgoingMessage(.binary(ByteBuffer(repeating: 7, count: 70_000))).adapted(to: .xhr)
        #expect(long.frames == frame(.binary(ByteBuffer(bytes: [4] + [UInt8](repeating: 7, count: 70_000)))))
    }

    @Test("a payload is binary if a message is")
    func binaryPayload() {
        let messages = [
            OutgoingMessage(.text(ByteBuffer(string: "é"))), OutgoingMessage(.binary(ByteBuffer(bytes: [9, 8]))),
        ].map { $0.adapted(to: .xhr) }
        let (body, type) = OutgoingMessage.payload(messages, for: .xhr)
        #expect(type == .binary)
        #expect(Array(buffer: body) == [0, 3, 0xFF] + Array("4é".utf8) + [1, 3, 0xFF, 4, 9, 8])
    }

    @Test("WebSocket messages are read by revision")
    func packets() throws {
        let bytes = ByteBuffer(bytes: [4, 1, 2])
        #expect(try Packet(.binary(bytes), version: .v4) == .message(.binary(bytes)))
        #expect(try Packet(.binary(bytes), version: .v3) == .message(.binary(ByteBuffer(bytes: [1, 2]))))
        #expect(try Packet(.text(ByteBuffer(string: "2probe")), version: .v3) == .ping(isProbe: true))
        #expect(
            try Packet(.text(ByteBuffer(string: "b4AQI=")), version: .v3)
                == .message(.binary(ByteBuffer(bytes: [1, 2]))))
        for message in [Message.binary(ByteBuffer()), .binary(ByteBuffer(bytes: [2])), .text(ByteBuffer())] {
            #expect(throws: ParseError()) { try Packet(message, version: .v3) }
        }
    }

    @Test("JSONP answers are scripts that any JavaScript engine reads as the payload")
    func script() {
        let message = OutgoingMessage(.text(ByteBuffer(string: "\"\\\u{2028}\u{2029}€\n\r\t\u{8}\u{C}\u{1}\u{1F}</é")))
        let (body, type) = OutgoingMessage.payload([message], for: .jsonp)
        #expect(type == .script)
        #expect(
            String(buffer: body)
                == #"___eio[7]("16:4\"\\\u2028\u2029€\n\r\t\b\f\u0001\u001f</é");"#)
        let binary = OutgoingMessage(.binary(ByteBuffer(bytes: [1, 2, 3, 4])))
        #expect(payload([binary, .noop], .jsonp) == #"___eio[7]("10:b4AQIDBA==1:6");"#)
    }

    @Test(
        "JSONP requests are forms with escaped line breaks",
        arguments: [
            ("d=2%3A4a", "2:4a"), ("x=1&d=a+b%20c%2", "a b c%2"), ("d=a&d=b", "a"), ("d=%E2%82%AC%26", "€&"),
            (#"d=a\nb"#, "a\nb"), (#"d=a\\nb"#, #"a\nb"#), (#"d=a\\\nb"#, #"a\\nb"#), (#"d=\\\\n\"#, #"\\\n\"#),
            (#"d=\n\n\\n\t"#, "\n\n\\n\\t"), ("d=", ""), ("", nil), ("x&dd=1", nil), ("&&", nil),
        ] as [(String, String?)])
    func form(body: String, payload: String?) {
        #expect(JSONP.payload(of: ByteBuffer(string: body)).map { String(buffer: $0) } == payload)
    }
}

@Suite("Revision 3: sessions")
struct Version3SessionTests {
    @Test("the client pings, and is answered; a pong has the wrong direction")
    func ping() {
        let session = SessionBench(.websocket, version3: .xhr)
        #expect(session.packet(.ping(isProbe: false)) == "ping")
        #expect(session.packet(.ping(isProbe: true)) == "ping")
        #expect(session.packet(.message(.text(ByteBuffer()))) == "message")
        #expect(session.packet(.pong) == "transport error ws closePacket")
    }

    @Test("the session ends when no ping came for interval and timeout together")
    func timeout() {
        let session = SessionBench(.websocket, version3: .xhr)
        #expect(session.heartbeatDue == .seconds(45))
        #expect(session.packet(.ping(isProbe: false), at: .seconds(25)) == "ping")
        #expect(session.packet(.ping(isProbe: false), at: .seconds(30)) == "ping")
        #expect(session.heartbeatDue == .seconds(45))
        #expect(session.time(.seconds(44)) == "none")
        #expect(session.time(.seconds(45)) == "wait")
        #expect(session.heartbeatDue == .seconds(75))
        #expect(session.time(.seconds(74)) == "none")
        #expect(session.time(.seconds(75)) == "ping timeout ws closePacket")
    }

    @Test("over polling, one pong answers all pings that came before it left")
    func pongs() {
        let session = SessionBench(version3: .xhr)
        #expect(session.packet(.ping(isProbe: false)) == "ping")
        #expect(session.send("x") == "queued")
        #expect(session.packet(.ping(isProbe: false)) == "none")
        #expect(session.poll() == "answer 4x")
        #expect(session.packet(.ping(isProbe: false)) == "ping")
    }
}
