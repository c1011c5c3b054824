import MatchmakerConformance
import Testing

@testable import Matchmaking

@Suite struct WaitingQueueTests {
    @Test("random arrivals and departures leave the order of a sorted list", arguments: [1, 2, 3])
    func order(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var queue = WaitingQueue()
        var model: Set<Int64> = []
        for step in 0..<2_000 {
            let place = Int64.random(in: 0..<300, using: &random)
            // Longer and longer, then shorter and shorter.
            if !model.contains(place), step < 1_000 || step % 3 == 0 {
                queue.insert("p\(place)", at: place)
                model.insert(place)
            } else {
                queue.remove(at: place)
                model.remove(place)
            }
            let sorted = model.sorted()
            #expect(queue.entries.map(\.place) == sorted)
            #expect(queue.candidates(window: 8, fresh: []).map(\.participant) == sorted.prefix(8).map { "p\($0)" })
        }
        for place in model { queue.remove(at: place) }
        #expect(queue.isEmpty)
    }

    @Test("the newly queued are looked at wherever they stand, once") func fresh() {
        var queue = WaitingQueue()
        for place in Int64(0)..<20 { queue.insert("p\(place)", at: place) }
        let places = queue.candidates(window: 3, fresh: [19, 1, 7, 99]).map(\.place)
        #expect(places == [0, 1, 2, 7, 19])
    }
}
