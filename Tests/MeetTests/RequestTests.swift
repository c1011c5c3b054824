import NIOCore
import SocketIO
import Testing

@testable import Meet

@Suite("What clients may send (A.3, A.7.3(6))")
struct RequestTests {
    private static let forms: [(Arguments, Bool)] = [
        ([], false), ([nil], false), ([nil, nil], false), ([nil, true], true), (["a@b", true], true),
        (["a@b"], false), ([["collegeEmail": nil, "withVideo": true]], true), ([[:]], false),
        ([["withVideo": false], true], false), ([nil, false, 7], false),
    ]

    @Test(
        "item 40: every form of findChat",
        arguments: forms)
    func find(arguments: Arguments, wantsVideo: Bool) {
        let request = FindRequest(arguments)
        #expect(request.wantsVideo == wantsVideo)
        #expect(request.isValid)
    }

    private static let wrongForms: [Arguments] = [
        [nil, "false"], [nil, "true"], [nil, 1], [5, true], [["a"]], [["withVideo": "true"]],
        [["collegeEmail": 1]], [true], [.binary(ByteBuffer(string: "x")), false] as Arguments,
    ]

    @Test(
        "item 41: other types count as false, and are told",
        arguments: wrongForms)
    func invalidFind(arguments: Arguments) {
        #expect(!FindRequest(arguments).isValid)
    }

    private static let namedPools: [(Arguments, String?)] = [
        ([["pool": "north"]], "north"), ([nil, true, ["pool": "north"]], "north"), ([nil, false, ["pool": nil]], nil),
        ([["pool": nil]], nil), ([nil, nil, "north"], nil), ([["pool": 7]], ""), ([nil, nil, ["pool": ["a"]]], ""),
    ]

    @Test("a pool is named in either form; what is no text is no pool that there could be", arguments: namedPools)
    func pool(arguments: Arguments, pool: String?) {
        #expect(FindRequest(arguments).pool == pool)
        #expect(FindRequest(arguments).isValid)
    }

    @Test("names of pools are short and plain")
    func poolNames() throws {
        let pools = try MeetPools(["north", "fr-CA_2.1"])
        #expect(pools.contains("north") && pools.contains("fr-CA_2.1"))
        for name in ["", "North", "a b", "é", "a:b", "{a}", String(repeating: "x", count: 65)] {
            #expect(!pools.contains(name))
            if name != "North" { #expect(throws: MeetConfigurationError.self) { try MeetPools([name]) } }
        }
        #expect(throws: MeetConfigurationError.self) { try MeetPools((0...1_000).map { "p\($0)" }) }
    }

    @Test("a wish of the right type counts even if the address is wrong; huge arguments are not looked at")
    func partlyValid() {
        #expect(FindRequest([5, true]).wantsVideo)
        let huge = Value.string(String(repeating: "x", count: 5_000))
        #expect(FindRequest([huge, true]) == FindRequest([true]))
    }

    private func text(_ arguments: Arguments, limit: Int = 10) -> Result<TextRequest, Refusal> {
        Result { () throws(Refusal) in try TextRequest(arguments, limit: limit) }
    }

    private static let badTexts: [(Arguments, Refusal)] = [
        ([], Refusal.invalidPayload), ([""], .invalidPayload), ([" \t\n\u{a0} "], .invalidPayload),
        ([42], .invalidPayload), ([nil], .invalidPayload), ([["x"]], .invalidPayload),
        ([["text": "x"]], .invalidPayload), ([true], .invalidPayload), (["12345678901"], .tooLarge),
        (["ééééééééééé"], .tooLarge), (["😀😀😀😀😀😀"], .tooLarge), (["x", ["pairId": 7]], .invalidPayload),
        ([.string(String(repeating: "x", count: 1_000))], .tooLarge),
    ]

    @Test(
        "item 74: text that cannot be sent",
        arguments: badTexts)
    func badText(arguments: Arguments, refusal: Refusal) {
        #expect(text(arguments) == .failure(refusal))
    }

    @Test(
        "item 78: text passes unchanged, counted as JavaScript counts",
        arguments: ["1234567890", "éééééééééé", "😀😀😀😀😀", " x ", "<b>&\"'\\", "\u{0}\u{1}", "שלום", "e\u{301}\u{2028}"])
    func goodText(sample: String) throws {
        #expect(try text([.string(sample)]).get().text == sample)
    }

    @Test("the pair may be named, in an object behind the text")
    func pairID() throws {
        #expect(try text(["x", ["pairId": "p"]]).get().pairID == "p")
        #expect(try text(["x", [:]]).get().pairID == nil)
        #expect(try text(["x", nil]).get().pairID == nil)
        #expect(try text(["x", "p"]).get().pairID == nil)
    }

    private func signal(_ kind: Relay.Kind, _ arguments: Arguments) -> Result<SignalRequest, Refusal> {
        var limits = MeetConfiguration.Limits()
        (limits.description, limits.candidate) = (100, 50)
        return Result { () throws(Refusal) in try SignalRequest(kind, arguments, limits: limits) }
    }

    private static let badSignals: [(Relay.Kind, Arguments, Refusal)] = [
        (.offer, [], Refusal.invalidPayload), (.offer, [nil], .invalidPayload), (.offer, ["x"], .invalidPayload),
        (.offer, [[1]], .invalidPayload), (.offer, [[:]], .invalidPayload),
        (.offer, [["offer": nil]], .invalidPayload), (.offer, [["offer": "v=0"]], .invalidPayload),
        (.offer, [["answer": [:]]], .invalidPayload), (.answer, [["offer": [:]]], .invalidPayload),
        (.answer, [["answer": nil]], .invalidPayload), (.candidate, [[:]], .invalidPayload),
        (.candidate, [["candidate": "x"]], .invalidPayload), (.candidate, [nil], .invalidPayload),
        (.offer, [["offer": ["sdp": .binary(ByteBuffer(string: "x"))]]], .invalidPayload),
        (.offer, [["offer": [:], "pairId": 7]], .invalidPayload),
        (.offer, [["offer": ["sdp": .string(String(repeating: "x", count: 90))]]], .tooLarge),
        (.candidate, [["candidate": ["candidate": .string(String(repeating: "x", count: 40))]]], .tooLarge),
    ]

    @Test(
        "item 92: signalling without its payload is refused",
        arguments: badSignals)
    func badSignal(kind: Relay.Kind, arguments: Arguments, refusal: Refusal) {
        #expect(signal(kind, arguments) == .failure(refusal))
    }

    @Test("items 86 and 87: signalling passes unchanged, unknown inner fields and null candidates too")
    func goodSignal() throws {
        let offer: Value = ["type": "offer", "sdp": "v=0", "extra": [1, nil]]
        let request = try signal(.offer, [["offer": offer, "to": "x", "pairId": "p"]]).get()
        #expect(request.pairID == "p")
        #expect(request.payload(from: "a") == [["offer": offer, "from": "a"]])
        #expect(
            try signal(.answer, [["answer": [:]]]).get().payload(from: "a") == [["answer": [:], "from": "a"]])
        #expect(
            try signal(.candidate, [["candidate": nil]]).get().payload(from: "a")
                == [["candidate": nil, "from": "a"]])
    }

    @Test("a relay survives the way between nodes; anything else is not one")
    func relay() {
        let relay = Relay(.message, pairID: "7", payload: ["x", ["y": 1]])
        #expect(Relay(relay.arguments) == relay)
        #expect(Relay(Relay(.ready, pairID: "7").arguments) == Relay(.ready, pairID: "7"))
        for other: Arguments in [[], ["message"], ["unknown", "7"], [1, "7"], ["message", 7]] {
            #expect(Relay(other) == nil)
        }
    }
}
