import Figures
import Testing

@Suite("Histogram")
struct HistogramTests {
    let bounds = Histogram.Bounds([1, 10])

    @Test("a value falls into the first range whose bound it does not exceed")
    func ranges() {
        var histogram = Histogram(bounds)
        for value in [0.5, 1, 1.5, 10, 10.5, 1e9] { histogram.record(value) }
        #expect(histogram.counts == [2, 2, 2])
        #expect(histogram.count == 6 && histogram.sum == 1e9 + 23.5)
    }

    @Test("times are recorded in seconds")
    func times() {
        var histogram = Histogram(bounds)
        histogram.record(.milliseconds(1_500))
        #expect(histogram.counts == [0, 1, 0] && histogram.sum == 1.5)
    }

    @Test("of two with the same bounds everything is added up, of others nothing")
    func adding() {
        var histogram = Histogram(bounds)
        histogram.record(0.5)
        var same = Histogram(bounds)
        same.record(20.0)
        var other = Histogram(.work)
        other.record(20.0)
        histogram.add(same)
        histogram.add(other)
        #expect(histogram.counts == [1, 0, 1] && histogram.sum == 20.5)
    }

    @Test("bounds grow", arguments: [Histogram.Bounds.work, .waits, .sizes])
    func growing(bounds: Histogram.Bounds) {
        #expect(zip(bounds.values, bounds.values.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test("many threads record into a shared one, and nothing is lost")
    func shared() async {
        let histogram = SharedHistogram(bounds)
        await withTaskGroup(of: Void.self) { tasks in
            for _ in 0..<8 {
                tasks.addTask { for _ in 0..<1_000 { histogram.record(2.5) } }
            }
        }
        #expect(histogram.value.counts == [0, 8_000, 0] && histogram.value.sum == 20_000)
    }

    @Test("what is no number is not recorded, and what is too large does not trap")
    func oddValues() {
        let histogram = SharedHistogram(bounds)
        for value in [Double.nan, .infinity, -.infinity, 1e300] { histogram.record(value) }
        #expect(histogram.value.counts == [1, 0, 2])
    }
}
