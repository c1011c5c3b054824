import Testing

@testable import EngineIO

@Suite("Token buckets by address")
struct AddressBucketsTests {
    private let bench = Bench(AddressBuckets(RateLimit(perSecond: 1, burst: 2), capacity: 8))

    private final class Bench {
        var buckets: AddressBuckets

        init(_ buckets: AddressBuckets) {
            self.buckets = buckets
        }

        func take(_ number: UInt32, at second: Int = 0) -> Bool {
            buckets.take(of: IPAddress(ipv4: number), now: .seconds(second))
        }
    }

    @Test("each address has its own bucket, which fills with time")
    func limits() {
        for address: UInt32 in 1...2 {
            #expect(bench.take(address) && bench.take(address))
            #expect(!bench.take(address))
        }
        #expect(bench.take(1, at: 1))
        #expect(!bench.take(1, at: 1))
    }

    @Test("an IPv6 address shares its bucket with its neighbours")
    func sites() throws {
        let addresses = try ["2001:db8::1", "2001:db8::2", "2001:db8::3"].map { try #require(IPAddress($0)) }
        let taken = addresses.map { bench.buckets.take(of: $0, now: .zero) }
        #expect(taken == [true, true, false])
    }

    @Test("the table is bounded: those seen longest ago are forgotten, whoever comes again is not")
    func bounded() {
        for _ in 0..<3 { _ = bench.take(0) }
        for address: UInt32 in 1...1000 {
            _ = bench.take(address)
            #expect(!bench.take(0))
            #expect(bench.buckets.count <= 8)
        }
        // Address 1 is long forgotten, so its bucket is full again.
        #expect(bench.take(1) && bench.take(1))
    }
}
