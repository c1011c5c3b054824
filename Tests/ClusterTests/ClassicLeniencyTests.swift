import Cluster
import NIOCore
import SocketIO
import Testing

/// What foreign publishers may do differently from us (wire, 1.2 and 1.4), and what nobody may do.
@Suite struct ClassicLeniencyTests {
    private func broadcast(_ value: Value, namespace: String = "/") -> ClassicBroadcast? {
        var buffer = ByteBuffer()
        value.writeMessagePack(to: &buffer)
        return ClassicBroadcast(buffer, exceptFrom: "myself", namespace: namespace)
    }

    private func request(_ json: String, namespace: String = "/") -> ClassicRequest? {
        ClassicRequest(ByteBuffer(string: json), namespace: namespace)
    }

    @Test(
        "broadcasts that are understood although we write them otherwise",
        arguments: [
            ["foreig", ["type": 2, "data": ["b", 1], "nsp": "/"], [:]],
            ["foreig", ["data": ["b", 1]], ["flags": nil, "rooms": nil]],
            [nil, ["type": 2, "data": ["b", 1], "nsp": "/"], ["except": []], "a fourth element"],
            ["foreig", ["nsp": "/", "type": 5, "data": ["b", 1]], ["flags": ["broadcast": true, "binary": true]]],
        ] as [Value])
    func understood(_ value: Value) throws {
        let understood = try #require(broadcast(value))
        #expect(understood == ClassicBroadcast(arguments: ["b", 1], options: BroadcastOptions()))
    }

    @Test(
        "broadcasts that are ignored",
        arguments: [
            ["myself", ["type": 2, "data": ["b"], "nsp": "/"], [:]],
            ["foreig", ["type": 2, "data": ["b"], "nsp": "/other"], [:]],
            ["foreig", ["type": 2, "data": ["b"], "nsp": nil], [:]],
            ["foreig", nil, [:]], ["foreig", ["type": 2, "data": ["b"], "nsp": "/"], nil],
            ["foreig", ["type": 2, "data": ["b"], "nsp": "/"]],
            ["foreig", ["type": 2, "data": [], "nsp": "/"], [:]],
            ["foreig", ["type": 2, "data": [["b"]], "nsp": "/"], [:]],
            ["foreig", ["type": 2, "nsp": "/"], [:]], ["foreig", "packet", [:]], [:], nil, 7, "text",
        ] as [Value])
    func ignored(_ value: Value) {
        #expect(broadcast(value) == nil)
    }

    @Test("numbers are names of rooms, too")
    func numericRooms() throws {
        let options = try #require(
            broadcast(["foreig", ["data": ["b"]], ["rooms": [7, "r", nil, [1]], "except": [1.5, 8]]])
        ).options
        #expect(options.rooms == ["7", "r"])
        #expect(options.except == ["8"])
    }

    @Test("old peers name a single socket")
    func singleSocket() {
        let selection = BroadcastOptions(rooms: ["sid"])
        #expect(request(#"{"type":2,"sid":"sid","room":"r","requestId":"x"}"#)?.kind == .join(["r"], selection))
        #expect(request(#"{"type":3,"sid":"sid","room":"r"}"#)?.kind == .leave(["r"], selection))
        #expect(request(#"{"type":4,"sid":"sid","close":true}"#)?.kind == .disconnect(selection, close: true))
        #expect(
            request(#"{"type":0,"requestId":"x","rooms":["sid"]}"#)?.kind == .sockets(BroadcastOptions(rooms: ["sid"])))
    }

    @Test("a broadcast with acknowledgement may also be JSON; its timeout is bounded")
    func jsonBroadcast() throws {
        func timeout(_ text: String) throws -> Duration? {
            let request = request(
                #"{"uid":"u","requestId":"x","type":7,"packet":{"type":2,"data":["ask"],"nsp":"/"},"opts":{"flags":{"#
                    + text + "}}}")
            guard case .broadcast(let arguments, _, let timeout) = try #require(request).kind else { return nil }
            #expect(arguments == ["ask"])
            return timeout
        }
        #expect(try timeout(#""timeout":1000"#) == .seconds(1))
        #expect(try timeout("") == nil)
        #expect(try timeout(#""timeout":-5"#) == .zero)
        #expect(try timeout(#""timeout":9007199254740991"#) == .seconds(3600))
    }

    @Test(
        "requests that are ignored",
        arguments: [
            #"{"uid":"u","type":1}"#, #"{"uid":"u","type":5,"requestId":"x"}"#,
            #"{"uid":"u","type":5,"requestId":"x","opts":null}"#, #"{"type":2,"rooms":["r"]}"#,
            #"{"type":4,"opts":[]}"#, #"{"type":6,"data":"hello"}"#, #"{"type":6}"#, #"{"type":8,"requestId":"x"}"#,
            #"{"type":-1}"#, #"{"type":"1","requestId":"x"}"#, "{}", "{", "[]", "",
            #"{"type":7,"requestId":"x","packet":{"data":["a"],"nsp":"/other"},"opts":{}}"#,
        ])
    func ignoredRequests(_ json: String) {
        #expect(request(json) == nil)
    }

    @Test("answers are told apart, whatever they lack")
    func responses() {
        func body(_ json: String) -> NodeAnswer? { ClassicResponse(ByteBuffer(string: json))?.body }
        #expect(body(#"{"requestId":"x"}"#) == .done)
        #expect(body(#"{"requestId":"x","type":6}"#) == .serverSideEmit(nil))
        #expect(body(#"{"requestId":"x","type":9,"packet":[1]}"#) == .acknowledgement([1]))
        #expect(body(#"{"requestId":"x","rooms":["a",1]}"#) == .rooms(["a", "1"]))
        #expect(body(#"{"requestId":"x","type":8}"#) == nil)
        #expect(body(#"{"requestId":"x","type":8,"clientCount":-1}"#) == nil)
        #expect(body(#"{"requestId":"x","type":8,"clientCount":4294967296}"#) == nil)
        #expect(body(#"{"requestId":"x","type":3}"#) == nil)
        #expect(body(#"{"requestId":7,"rooms":[]}"#) == nil)
        #expect(body(#"{"requestId":"x","sockets":{}}"#) == nil)
    }

    @Test("every kind of request and answer survives its encoding")
    func roundTrips() {
        let options = BroadcastOptions(rooms: ["a", "b"], except: ["c"])
        let kinds: [NodeRequest] = [
            .allRooms, .join(["r"], options), .leave(["r"], options), .disconnect(options, close: true),
            .fetchSockets(options), .serverSideEmit(["e", 1]),
            .broadcast(["e", .binary(ByteBuffer(bytes: [1]))], options, timeout: .milliseconds(1500)),
        ]
        for kind in kinds {
            let request = ClassicRequest(uid: "u", requestID: "x", kind: kind)
            #expect(ClassicRequest(request.encoded(namespace: "/n"), namespace: "/n") == request)
        }
        let bodies: [NodeAnswer] = [
            .done, .rooms(["r"]), .sockets([["id": "s"]]), .serverSideEmit(["a": nil]), .clientCount(3),
            .acknowledgement(.binary(ByteBuffer(bytes: [1]))),
        ]
        for body in bodies {
            let response = ClassicResponse(requestID: "x", body: body)
            #expect(ClassicResponse(response.encoded()) == response)
        }
    }
}
