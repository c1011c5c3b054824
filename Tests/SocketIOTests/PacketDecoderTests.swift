import NIOCore
import Testing

import enum EngineIO.Message

@testable import SocketIO

@Suite struct PacketDecoderTests {
    @Test("CONNECT, the examples of the protocol")
    func connect() throws {
        #expect(try Self.decode("0").summary == "/ connect {}")
        #expect(
            try Self.decode(#"0/admin,{"sid":"oSO0OpakMV_3jnilAAAA"}"#).summary
                == #"/admin connect {"sid":"oSO0OpakMV_3jnilAAAA"}"#)
        #expect(try Self.decode("0/admin,").summary == "/admin connect {}")
        #expect(try Self.decode("0/admin").summary == "/admin connect {}")
        #expect(try Self.decode("0{}").summary == "/ connect {}")
    }

    @Test("CONNECT_ERROR, the example of the protocol, and with a string")
    func connectError() throws {
        #expect(try Self.decode(#"4{"message":"Not authorized"}"#).summary == #"/ error {"message":"Not authorized"}"#)
        #expect(try Self.decode(#"4/x,"Unauthorized""#).summary == #"/x error "Unauthorized""#)
    }

    @Test("EVENT, the examples of the protocol")
    func event() throws {
        #expect(try Self.decode(#"2["foo"]"#).summary == "/ event foo []")
        #expect(try Self.decode(#"2/admin,["bar"]"#).summary == "/admin event bar []")
        #expect(try Self.decode(#"212["foo"]"#).summary == "/ event foo [] id 12")
        #expect(try Self.decode(#"2/admin,13["bar",1,{"a":[]}]"#).summary == #"/admin event bar [1,{"a":[]}] id 13"#)
        #expect(try Self.decode(#"2 [ "foo" , 1 ] "#).summary == "/ event foo [1]")
        #expect(try Self.decode(#"20["foo"]"#).summary == "/ event foo [] id 0")
    }

    @Test("an event in one message can be read in parts, everything else is left")
    func parts() throws {
        func event(_ text: String, by decoder: inout PacketDecoder) throws -> String? {
            try decoder.event(.text(ByteBuffer(string: text)))
                .map { "\($0.namespace) \($0.name) \(String(buffer: $0.arguments.json)) \($0.acknowledgementID ?? -1)" }
        }
        var decoder = PacketDecoder()
        #expect(try event(#"2["foo"]"#, by: &decoder) == "/ foo  -1")
        #expect(try event(#"2/admin,13["bar",1,{"a":[]}]"#, by: &decoder) == #"/admin bar 1,{"a":[]} 13"#)
        for text in ["0", "1", "31[]", #"4"no""#, #"51-["baz",{"_placeholder":true,"num":0}]"#] {
            #expect(try event(text, by: &decoder) == nil)
        }
        #expect(try decoder.event(.binary(1, 2)) == nil)
        #expect(throws: PacketError.unknownType) { try event("x", by: &decoder) }
        #expect(throws: PacketError.reservedEventName) { try event(#"2["connect"]"#, by: &decoder) }
        #expect(throws: PacketError.invalidPayload) { try event("2[]", by: &decoder) }
        // In the middle of another packet it is no event, but an error that is found the usual way.
        #expect(try decoder.received(.text(ByteBuffer(string: #"51-["baz",{"_placeholder":true,"num":0}]"#))) == nil)
        #expect(try event(#"2["foo"]"#, by: &decoder) == nil)
        #expect(throws: PacketError.unexpectedText) {
            try decoder.received(.text(ByteBuffer(string: #"2["foo"]"#)))
        }
        var other = PacketDecoder(format: .messagePack)
        #expect(try event(#"2["foo"]"#, by: &other) == nil)
    }

    @Test("BINARY_EVENT, the examples of the protocol")
    func binaryEvent() throws {
        let one = [Message.text(#"51-["baz",{"_placeholder":true,"num":0}]"#), .binary(1, 2, 3, 4)]
        let packet = try #require(try Self.decode(one))
        guard case .event(let name, let arguments, nil) = packet.content else { throw Unexpected() }
        #expect(name == "baz")
        #expect(arguments == [.bytes(1, 2, 3, 4)])

        let two = [
            Message.text(#"52-/admin,["baz",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#),
            .binary(1, 2), .binary(3, 4),
        ]
        let second = try #require(try Self.decode(two))
        guard case .event(_, let both, nil) = second.content else { throw Unexpected() }
        #expect(second.namespace == "/admin")
        #expect(both == [.bytes(1, 2), .bytes(3, 4)])
    }

    @Test("What waits for attachments keeps nothing of what it was read with")
    func waiting() throws {
        var read = ByteBuffer(repeating: 0, count: 60_000)
        func part(_ bytes: some Sequence<UInt8>) -> ByteBuffer {
            let length = read.writeBytes(bytes)
            return read.getSlice(at: read.writerIndex - length, length: length) ?? ByteBuffer()
        }
        let text = part(#"52-["a",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#.utf8)
        let messages = [.text(text), .binary(part([1])), Message.binary(part([2]))]
        let packet = try #require(try Self.decode(messages))
        guard case .event(let name, let arguments, nil) = packet.content else { throw Unexpected() }
        #expect(arguments == [.bytes(1), .bytes(2)])
        #expect([name.json, arguments.json, arguments.attachments[0]].allSatisfy { $0.storageCapacity < 1000 })
    }

    @Test("ACK and BINARY_ACK, the examples of the protocol")
    func acknowledgement() throws {
        #expect(try Self.decode(#"3/admin,13["bar"]"#).summary == #"/admin ack 13 ["bar"]"#)
        #expect(try Self.decode("312[]").summary == "/ ack 12 []")
        let messages = [Message.text(#"61-15["bar",{"_placeholder":true,"num":0}]"#), .binary(1, 2, 3, 4)]
        let packet = try #require(try Self.decode(messages))
        guard case .acknowledgement(15, let arguments) = packet.content else { throw Unexpected() }
        #expect(arguments == ["bar", .bytes(1, 2, 3, 4)])
    }

    @Test("DISCONNECT, the examples of the protocol")
    func disconnect() throws {
        #expect(try Self.decode("1").summary == "/ disconnect")
        #expect(try Self.decode("1/admin,").summary == "/admin disconnect")
        #expect(try Self.decode("1/admin").summary == "/admin disconnect")
    }

    @Test("A query string is part of the namespace in protocol 5, and the payload of CONNECT in protocol 4")
    func query() throws {
        let texts = [
            "0/nsp?x=1&y=a%20/?&x=2,", #"2/nsp?x=1,7["a"]"#, "0/?token=1,", "0/nsp", #"0{"a":1}"#, "1/nsp?\u{301}x,",
        ]
        let packets = try texts.map { try Self.decode($0) }
        #expect(
            packets.map(\.summary) == [
                "/nsp?x=1&y=a%20/?&x=2 connect {}", "/nsp?x=1 event a [] id 7", "/?token=1 connect {}",
                "/nsp connect {}", #"/ connect {"a":1}"#, "/nsp?\u{301}x disconnect",
            ])
        let old = packets.map { packet in
            var packet = packet
            packet.readProtocol4()
            return packet.summary
        }
        #expect(
            old == [
                #"/nsp connect {"x":"2","y":"a /?"}"#, "/nsp event a [] id 7", #"/ connect {"token":"1"}"#,
                "/nsp connect {}", "/ connect {}", "/nsp disconnect",
            ])
    }

    @Test("An event's name may be escaped, empty or a number")
    func names() throws {
        #expect(try Self.decode(#"2["\u0066oo\n"]"#).summary == "/ event foo\n []")
        #expect(try Self.decode(#"2["",1]"#).summary == "/ event  [1]")
        #expect(try Self.decode(#"2[7,"x"]"#).summary == #"/ event 7 ["x"]"#)
        #expect(try Self.decode("2[-1.50]").summary == "/ event -1.5 []")
        #expect(try Self.decode(#"2["connection"]"#).summary == "/ event connection []")
    }

    @Test("Equal names are equal however they were written, and hash alike")
    func equalNames() throws {
        let spellings = [#"2["a\"é/\u0001"]"#, #"2["\u0061\u0022\u00e9\/\u0001"]"#]
        var names: Set<EventName> = ["a\"é/\u{1}"]
        for text in spellings {
            guard case .event(let name, _, _) = try Self.decode(text).content else { throw Unexpected() }
            names.insert(name)
            #expect(name.string == "a\"é/\u{1}")
            #expect(name.byteCount == 12)
        }
        #expect(names.count == 1)
        #expect(("é" as EventName) != "e\u{301}")
        #expect(("connect" as EventName).isReserved)
        #expect(!("connection" as EventName).isReserved)
    }

    @Test(
        "A message that is no packet is refused, and says why",
        arguments: [
            ("", .unknownType), ("7", .unknownType), ("999", .unknownType), ("abc", .unknownType), (" 2", .unknownType),
            ("5", .illegalAttachmentCount), ("5a-", .illegalAttachmentCount), ("51", .illegalAttachmentCount),
            ("51.23-", .illegalAttachmentCount), ("5-", .illegalAttachmentCount), ("5-1-[]", .illegalAttachmentCount),
            ("511-", .tooManyAttachments), ("599999999999999999999999-[]", .tooManyAttachments),
            (#"0/admin,"invalid""#, .invalidPayload), ("0[]", .invalidPayload), ("0null", .invalidPayload),
            ("1/admin,{}", .invalidPayload), ("1[]", .invalidPayload),
            ("4", .invalidPayload), ("4[]", .invalidPayload), ("4null", .invalidPayload), ("41", .invalidPayload),
            ("2", .invalidPayload), ("2/admin,", .invalidPayload), ("2[]", .invalidPayload),
            (#"2[{"toString":"foo"}]"#, .invalidPayload), (#"2[true,"foo"]"#, .invalidPayload),
            (#"2[null,"bar"]"#, .invalidPayload), (#"2[["a"]]"#, .invalidPayload), ("3", .illegalAcknowledgementID),
            ("3[]", .illegalAcknowledgementID), ("31", .invalidPayload),
            (#"29007199254740993["a"]"#, .illegalAcknowledgementID),
            (#"2999999999999999999999999999["a"]"#, .illegalAcknowledgementID),
            (#"2["connect"]"#, .reservedEventName), (#"2["connect_error",1]"#, .reservedEventName),
            (#"2["disconnect","123"]"#, .reservedEventName), (#"2["disconnecting"]"#, .reservedEventName),
            (#"2["newListener"]"#, .reservedEventName), (#"2["removeListener"]"#, .reservedEventName),
            (#"2["\u0063onnect"]"#, .reservedEventName),
            ("2{}", .invalidJSON(JSONError(.unexpectedByte, at: 1))),
            (#"2"foo""#, .invalidJSON(JSONError(.unexpectedByte, at: 1))),
            ("31{}", .invalidJSON(JSONError(.unexpectedByte, at: 2))),
            (#"2["a",]"#, .invalidJSON(JSONError(.unexpectedByte, at: 6))),
            (#"2["a"]x"#, .invalidJSON(JSONError(.unexpectedByte, at: 6))),
            (#"2["a""#, .invalidJSON(JSONError(.unexpectedEnd, at: 5))),
            ("0{", .invalidJSON(JSONError(.unexpectedEnd, at: 2))),
            (#"442["some","data""#, .invalidJSON(JSONError(.unexpectedEnd, at: 17))),
            (#"2abc["a"]"#, .invalidJSON(JSONError(.unexpectedByte, at: 1))),
        ] as [(String, PacketError)])
    func refuses(text: String, error: PacketError) {
        #expect(throws: error) { try Self.decode(text) }
    }

    @Test("An id up to 2^53 is kept exactly")
    func largestID() throws {
        #expect(try Self.decode(#"29007199254740992["a"]"#).summary == "/ event a [] id 9007199254740992")
        #expect(try Self.decode("30009007199254740992[]").summary == "/ ack 9007199254740992 []")
    }

    @Test("A text while an attachment is missing, and a binary while none is, are errors")
    func wrongOrder() throws {
        var decoder = PacketDecoder()
        #expect(throws: PacketError.unexpectedBinary) { try decoder.received(.binary(1)) }
        #expect(try decoder.received(.text(#"51-["a",{"_placeholder":true,"num":0}]"#)) == nil)
        #expect(throws: PacketError.unexpectedText) { try decoder.received(.text(#"2["b"]"#)) }
        #expect(try decoder.received(.text(#"2["b"]"#))?.summary == "/ event b []")
        #expect(throws: PacketError.unexpectedBinary) { try decoder.received(.binary(1)) }
    }

    @Test("A binary type without attachments is complete at once")
    func noAttachments() throws {
        #expect(try Self.decode(#"50-["a",1]"#).summary == "/ event a [1]")
        #expect(try Self.decode(#"60-/x,1["a"]"#).summary == #"/x ack 1 ["a"]"#)
    }

    @Test("The limits of attachments, namespace and depth are configurable")
    func limits() throws {
        var limits = PacketDecoder.Limits()
        limits.maxAttachments = 2
        limits.maxNamespaceLength = 4
        limits.maxDepth = 2
        let placeholders = (0..<3).map { #"{"_placeholder":true,"num":\#($0)}"# }
        let three = #"53-["a",\#(placeholders.joined(separator: ","))]"#
        let two = #"52-["a",\#(placeholders.prefix(2).joined(separator: ","))]"#
        #expect(throws: PacketError.tooManyAttachments) { try Self.decode(three, limits: limits) }
        #expect(try Self.decode([.text(two), .binary(1), .binary(2)], limits: limits) != nil)
        #expect(throws: PacketError.namespaceTooLong) { try Self.decode("0/12345,", limits: limits) }
        #expect(try Self.decode("0/123,", limits: limits).namespace == "/123")
        #expect(throws: PacketError.invalidJSON(JSONError(.tooDeep, at: 8))) {
            try Self.decode(#"2["a",[[[]]]]"#, limits: limits)
        }
        #expect(try Self.decode(#"2["a",[[]]]"#, limits: limits).summary == "/ event a [[[]]]")
        #expect(throws: PacketError.invalidJSON(JSONError(.tooDeep, at: 11))) {
            try Self.decode(#"0{"a":{"b":{}}}"#, limits: limits)
        }
    }

    @Test(
        "Placeholders and attachments that do not match one to one are refused before the attachments come",
        arguments: [
            #"51-["a"]"#, #"51-["a",{"_placeholder":true,"num":1}]"#, #"51-["a",{"_placeholder":true,"num":-1}]"#,
            #"51-["a",{"_placeholder":true,"num":"0"}]"#, #"51-["a",{"_placeholder":true,"num":0.5}]"#,
            #"51-["a",{"_placeholder":true}]"#, #"51-["a",{"_placeholder":true,"num":99999999999999999999}]"#,
            #"51-["a",{"_placeholder":1,"num":0}]"#, #"51-["a",{"num":0}]"#,
            #"51-["a",{"_placeholder":true,"num":0},{"_placeholder":true,"num":0}]"#,
            #"52-["a",{"_placeholder":true,"num":0}]"#,
            #"51-["a",{"_placeholder":true,"num":0,"num":7}]"#, #"51-["a",{"_placeholder":true,"num":0,"num":null}]"#,
            #"51-["a",{"_placeholder":true,"num":0,"_placeholder":false}]"#,
            #"61-1[{"_placeholder":true,"num":2}]"#,
        ])
    func illegalPlaceholders(text: String) {
        #expect(throws: PacketError.illegalAttachments) { try Self.decode(text) }
    }

    @Test(
        "Placeholders are found however they are written and wherever they are",
        arguments: [
            #"51-["a",{"num":0,"_placeholder":true}]"#, #"51-["a", { "_placeholder" : true , "num" : 0 } ]"#,
            #"51-["a",{"\u005fplaceholder":true,"n\u0075m":0}]"#, #"51-["a",{"_placeholder":true,"num":0.0}]"#,
            #"51-["a",{"_placeholder":true,"num":0e5,"x":[1,{"y":"}"}]}]"#,
        ])
    func placeholderForms(text: String) throws {
        let packet = try #require(try Self.decode([.text(text), .binary(5)]))
        guard case .event(_, let arguments, _) = packet.content else { throw Unexpected() }
        #expect(arguments[0] == .bytes(5))
    }

    @Test("Attachments are placed by number, not by order")
    func placeholderOrder() throws {
        let text = #"52-["a",[{"k":{"_placeholder":true,"num":1}}],{"_placeholder":true,"num":0}]"#
        let packet = try #require(try Self.decode([.text(text), .binary(0), .binary(1)]))
        guard case .event(_, let arguments, _) = packet.content else { throw Unexpected() }
        #expect(arguments.values == [[["k": .bytes(1)]], .bytes(0)])
    }

    @Test("Without attachments an object that looks like a placeholder is an object")
    func fakePlaceholder() throws {
        let packet = try Self.decode(#"2["a",{"_placeholder":true,"num":0}]"#)
        guard case .event(_, let arguments, _) = packet.content else { throw Unexpected() }
        #expect(arguments[0] == ["_placeholder": true, "num": 0])
    }

    @Test("No mutation of a packet crashes the decoder, and what it accepts can be decoded", arguments: 0..<10)
    func mutations(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let seeds = [
            #"2["foo",1,{"a":[true,null]}]"#, #"2/admin,13["bar","\u00e9"]"#, #"0/x?y=1,{"token":"1"}"#, "1/admin,",
            #"52-/a,7["b",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#, "3/x,12[1.5e3]",
        ].map { Array($0.utf8) }
        for _ in 0..<2_000 {
            var bytes = seeds[Int.random(in: 0..<seeds.count, using: &generator)]
            for _ in 0..<Int.random(in: 1..<4, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &generator)], at: place)
                default: bytes = Array(bytes.prefix(max(1, place)))
                }
            }
            let messages = [Message.text(ByteBuffer(bytes: bytes)), .binary(1), .binary(2)]
            var decoder = PacketDecoder()
            for message in messages {
                guard let packet = try? decoder.received(message) else { continue }
                if case .event(_, let arguments, _) = packet.content {
                    #expect(arguments.values.count == arguments.count)
                }
            }
        }
    }

    struct Unexpected: Error {}

    static func decode(_ messages: [Message], limits: PacketDecoder.Limits = .init()) throws(PacketError) -> Packet? {
        var decoder = PacketDecoder(limits: limits)
        var packet: Packet?
        for message in messages { packet = try decoder.received(message) }
        return packet
    }

    static func decode(_ text: String, limits: PacketDecoder.Limits = .init()) throws -> Packet {
        try #require(try decode([.text(text)], limits: limits))
    }
}

extension Packet {
    /// The packet in one line.
    var summary: String {
        switch content {
        case .connect(let payload): "\(namespace) connect \(payload.jsonText)"
        case .disconnect: "\(namespace) disconnect"
        case .event(let name, let arguments, let id):
            "\(namespace) event \(name) \(Value.array(arguments.values).jsonText)" + (id.map { " id \($0)" } ?? "")
        case .acknowledgement(let id, let arguments):
            "\(namespace) ack \(id) \(Value.array(arguments.values).jsonText)"
        case .connectError(let payload): "\(namespace) error \(payload.jsonText)"
        }
    }
}
