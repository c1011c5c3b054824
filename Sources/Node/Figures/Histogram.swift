/// How often values fell into each of a few fixed ranges: a histogram of Prometheus, as a value.
///
/// ```swift
/// var times = Histogram(.waits)
/// times.record(.milliseconds(20))
/// ```
public struct Histogram: Sendable, Equatable {
    /// Upper bounds of the ranges, growing; above the last one is a range without a bound. In seconds where times are
    /// recorded, else in what is counted.
    public struct Bounds: Sendable, Equatable {
        /// The bounds.
        public let values: [Double]

        /// Names bounds of one's own.
        /// - Parameter values: the bounds; they have to grow.
        public init(_ values: [Double]) { self.values = values }

        /// For what a computer does: 10 µs to 10 s.
        public static let work = Bounds([
            0.000_01, 0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1,
            0.25, 0.5, 1, 2.5, 5, 10,
        ])
        /// For what people wait for: 10 ms to 10 minutes.
        public static let waits = Bounds([0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600])
        /// For numbers of receivers: 0 to 100,000.
        public static let sizes = Bounds([0, 1, 2, 5, 10, 25, 100, 250, 1_000, 2_500, 10_000, 100_000])
    }

    /// The ranges.
    public let bounds: Bounds
    /// How many values fell into each range, the one above the last bound included.
    public private(set) var counts: [Int]
    /// All values added up.
    public private(set) var sum: Double

    /// Creates an empty histogram.
    /// - Parameter bounds: its ranges.
    public init(_ bounds: Bounds) {
        self.init(bounds, counts: Array(repeating: 0, count: bounds.values.count + 1), sum: 0)
    }

    init(_ bounds: Bounds, counts: [Int], sum: Double) {
        self.bounds = bounds
        self.counts = counts
        self.sum = sum
    }

    /// How many values were recorded.
    public var count: Int { counts.reduce(0, +) }

    /// Records a value.
    /// - Parameter value: in the unit of the bounds.
    public mutating func record(_ value: Double) {
        counts[bounds.range(of: value)] += 1
        sum += value
    }

    /// Records a time, in seconds.
    /// - Parameter time: how long something took.
    public mutating func record(_ time: Duration) { record(time / .seconds(1)) }

    /// Adds what another histogram has.
    /// - Parameter other: one with the same bounds; of others nothing is added.
    public mutating func add(_ other: Histogram) {
        guard other.bounds == bounds else { return }
        for index in counts.indices { counts[index] += other.counts[index] }
        sum += other.sum
    }
}

extension Histogram.Bounds {
    /// The index of the range that a value belongs to. A bound belongs to the range below it.
    func range(of value: Double) -> Int { values.firstIndex { value <= $0 } ?? values.count }
}
