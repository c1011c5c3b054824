import CoreMetrics
import Figures
import Synchronization

/// One series that somebody reports to: what a scrape reads of it.
protocol Reported: AnyObject, Sendable {
    /// The value of a counter or a gauge.
    var number: Double { get }
    /// What a histogram has.
    var histogram: Histogram? { get }
}

extension Reported {
    var number: Double { 0 }
    var histogram: Histogram? { nil }
}

/// A counter.
final class CountReported: Reported, CounterHandler {
    private let count = Atomic<Int64>(0)

    func increment(by amount: Int64) { count.wrappingAdd(amount, ordering: .relaxed) }
    func reset() { count.store(0, ordering: .relaxed) }
    var number: Double { Double(count.load(ordering: .relaxed)) }
}

/// A gauge.
final class LevelReported: Reported, MeterHandler, RecorderHandler {
    private let bits = Atomic<UInt64>(0)

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }
    func increment(by amount: Double) { add(amount) }
    func decrement(by amount: Double) { add(-amount) }
    var number: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    private func add(_ difference: Double) {
        var old = bits.load(ordering: .relaxed)
        while true {
            let (isExchanged, found) = bits.weakCompareExchange(
                expected: old, desired: (Double(bitPattern: old) + difference).bitPattern, ordering: .relaxed)
            if isExchanged { return }
            old = found
        }
    }
}

/// A histogram.
final class SpreadReported: Reported, RecorderHandler, TimerHandler {
    private let spread: SharedHistogram

    init(_ bounds: Histogram.Bounds) { spread = SharedHistogram(bounds) }

    func record(_ value: Int64) { spread.record(Double(value)) }
    func record(_ value: Double) { spread.record(value) }
    func recordNanoseconds(_ duration: Int64) { spread.record(.nanoseconds(duration)) }
    var histogram: Histogram? { spread.value }
}
