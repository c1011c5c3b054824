import Cluster
import NIOCore
import Testing

@testable import RedisAdapter

@Suite struct OnlineSharesTests {
    private let own = NodeTag("AAAAAA")

    @Test("the other nodes' numbers are added up")
    func sum() throws {
        var shares = OnlineShares()
        let isNews = shares.received(ByteBuffer(string: "1 AAAAAA 7 BBBBBB 3 CCCCCC 4"), own: try #require(own))
        #expect(isNews)
        #expect(shares.others == 7)
    }

    @Test("older news change nothing, until the store was emptied")
    func versions() throws {
        let own = try #require(own)
        var shares = OnlineShares()
        let news = ["5 BBBBBB 3", "4 BBBBBB 1", "5 BBBBBB 1"].map {
            shares.received(ByteBuffer(string: $0), own: own)
        }
        #expect(news == [true, false, false])
        #expect(shares.others == 3)
        shares.forgetVersion()
        let isNews = shares.received(ByteBuffer(string: "1"), own: own)
        #expect(isNews)
        #expect(shares.others == 0)
    }

    @Test(
        "malformed news change nothing",
        arguments: ["", " ", "x", "9 BBBBBB", "9 BBBBBB x", "9 BBBBBB -1", "9 BBBBBB 99999999999", "9 B 1 C", "-1"])
    func malformed(_ text: String) throws {
        let own = try #require(own)
        var shares = OnlineShares()
        _ = shares.received(ByteBuffer(string: "5 BBBBBB 3"), own: own)
        let before = shares
        let isNews = shares.received(ByteBuffer(string: text), own: own)
        #expect(!isNews)
        #expect(shares == before)
    }
}
