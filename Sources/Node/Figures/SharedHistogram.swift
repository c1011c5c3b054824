import Synchronization

/// A histogram that any thread records into without a lock, and without making anything for it. A reader may see a value
/// counted that is not in the sum yet.
public final class SharedHistogram: Sendable {
    private final class Cell: Sendable {
        let number = Atomic<Int>(0)
    }

    private let bounds: Histogram.Bounds
    private let counts: [Cell]
    /// In billionths, so that adding is one step.
    private let sum = Atomic<Int>(0)
    private static let parts = 1e9

    /// Creates an empty histogram.
    /// - Parameter bounds: its ranges.
    public init(_ bounds: Histogram.Bounds) {
        self.bounds = bounds
        counts = bounds.values.map { _ in Cell() } + [Cell()]
    }

    /// Records a value.
    /// - Parameter value: in the unit of the bounds; of what is not a number nothing is recorded.
    public func record(_ value: Double) {
        guard !value.isNaN else { return }
        counts[bounds.range(of: value)].number.wrappingAdd(1, ordering: .relaxed)
        sum.wrappingAdd(Int(max(min(value * Self.parts, 1e18), -1e18)), ordering: .relaxed)
    }

    /// Records a time, in seconds.
    /// - Parameter time: how long something took.
    public func record(_ time: Duration) { record(time / .seconds(1)) }

    /// What has been recorded so far.
    public var value: Histogram {
        Histogram(
            bounds, counts: counts.map { $0.number.load(ordering: .relaxed) },
            sum: Double(sum.load(ordering: .relaxed)) / Self.parts)
    }
}
