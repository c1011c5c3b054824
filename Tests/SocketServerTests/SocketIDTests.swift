import Cluster
import Testing

@testable import SocketServer

@Suite("Socket ids")
struct SocketIDTests {
    /// Gives the same number again and again.
    private struct Constant: RandomNumberGenerator {
        var value: UInt64
        func next() -> UInt64 { value }
    }

    let tag: NodeTag

    init() throws { tag = try #require(NodeTag("node_1")) }

    @Test("an id is tag, shard and thirteen random characters")
    func form() {
        var random = Constant(value: 0)
        #expect(SocketID.make(tag: tag, shard: 0, using: &random) == "node_1A" + String(repeating: "A", count: 13))
        random.value = .max
        #expect(SocketID.make(tag: tag, shard: 63, using: &random) == "node_1_" + String(repeating: "_", count: 13))
    }

    @Test("ids of one node differ")
    func unique() {
        var random = SystemRandomNumberGenerator()
        #expect(Set((0..<1_000).map { _ in SocketID.make(tag: tag, shard: 1, using: &random) }).count == 1_000)
    }

    @Test(
        "the shard is read from ids of this node only",
        arguments: [
            ("node_1Bxxxxxxxxxxxxx", 1), ("node_1Axxxxxxxxxxxxx", 0), ("node_1Cxxxxxxxxxxxxx", nil),
            ("node_1!xxxxxxxxxxxxx", nil), ("node_2Bxxxxxxxxxxxxx", nil), ("node_1Bxxxxxxxxxxxx", nil),
            ("node_1Bxxxxxxxxxxxxxx", nil), ("", nil), ("node_1Bxxxxxxxxxxxxxxxx", 1),
            ("node_1Bxxxxxxxxxxxxxxxxx", nil),
            ("/custom#node_1Bxxxxxxxxxxxxxxxx", 1), ("/#node_1Axxxxxxxxxxxxxxxx", 0),
            ("custom#node_1Bxxxxxxxxxxxxxxxx", nil), ("/custom/node_1Bxxxxxxxxxxxxxxxx", nil),
            ("/custom#node_2Bxxxxxxxxxxxxxxxx", nil), ("/é#node_1Bxxxxxxxxxxxxxxxx", 1), ("node_1éxxxxxxxxxxxx", nil),
        ] as [(String, Int?)])
    func shard(id: String, expected: Int?) {
        #expect(SocketID.shard(of: id, tag: tag, count: 2) == expected)
    }
}
