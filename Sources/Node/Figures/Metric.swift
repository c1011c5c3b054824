/// One series of `/metrics`, in the terms of the Prometheus text format 0.0.4.
public struct Metric: Sendable, Equatable {
    /// Kinds of series.
    public enum Kind: String, Sendable {
        /// Only ever grows, until the process restarts.
        case counter
        /// Goes up and down.
        case gauge
        /// Counts values by ranges, see ``Histogram``.
        case histogram
    }

    /// Name, `[a-z_]+`; counters end in `_total`, what is measured in its unit, such as `_seconds`.
    public var name: String
    /// One line that says what it counts.
    public var help: String
    /// Counter, gauge or histogram.
    public var kind: Kind
    /// Values with their labels.
    public var samples: [Sample]

    /// One value of a series.
    public struct Sample: Sendable, Equatable {
        /// Label names and values, in order.
        public var labels: [(name: String, value: String)]
        /// The value.
        public var value: Double
        /// What follows the name of the series: of histograms `_bucket`, `_sum` and `_count`.
        var ending = ""

        /// Creates a sample.
        /// - Parameters:
        ///   - value: the value.
        ///   - labels: names and values, in order. Default: none.
        public init(_ value: Double, labels: [(name: String, value: String)] = []) {
            self.labels = labels
            self.value = value
        }

        /// Whether labels and value are the same.
        public static func == (left: Sample, right: Sample) -> Bool {
            left.value == right.value && left.ending == right.ending && left.labels.elementsEqual(right.labels, by: ==)
        }
    }

    /// Creates a series with several samples.
    public init(_ name: String, _ kind: Kind, help: String, samples: [Sample]) {
        self.name = name
        self.kind = kind
        self.help = help
        self.samples = samples
    }

    /// Creates a series with one value and no labels.
    public init(_ name: String, _ kind: Kind, help: String, _ value: Double) {
        self.init(name, kind, help: help, samples: [Sample(value)])
    }

    /// Creates a series of a histogram.
    /// - Parameters:
    ///   - name: its name, without the endings of its parts.
    ///   - help: one line that says what is measured.
    ///   - histograms: what was recorded, by labels.
    public init(_ name: String, help: String, histograms: [(labels: [(name: String, value: String)], Histogram)]) {
        self.init(
            name, .histogram, help: help, samples: histograms.flatMap { Sample.all(of: $0.1, labels: $0.labels) })
    }

    /// Creates a series of a histogram without labels.
    /// - Parameters:
    ///   - name: its name, without the endings of its parts.
    ///   - help: one line that says what is measured.
    ///   - histogram: what was recorded.
    public init(_ name: String, help: String, _ histogram: Histogram) {
        self.init(name, help: help, histograms: [([], histogram)])
    }
}

extension Metric.Sample {
    /// The samples of a histogram: how many values were not above each bound, their sum and their number.
    fileprivate static func all(of histogram: Histogram, labels: [(name: String, value: String)]) -> [Self] {
        var (samples, total) = ([Self](), 0)
        for (bound, count) in zip(histogram.bounds.values + [.infinity], histogram.counts) {
            total += count
            samples.append(Self(Double(total), labels: labels + [("le", Metric.number(bound))], ending: "_bucket"))
        }
        samples.append(Self(histogram.sum, labels: labels, ending: "_sum"))
        samples.append(Self(Double(total), labels: labels, ending: "_count"))
        return samples
    }

    private init(_ value: Double, labels: [(name: String, value: String)], ending: String) {
        self.init(value, labels: labels)
        self.ending = ending
    }
}

extension Metric {
    /// The media type of the text.
    public static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    /// The text that a scrape reads.
    /// - Parameter metrics: the series, in order.
    /// - Returns: text in the exposition format 0.0.4.
    public static func text(_ metrics: [Metric]) -> String {
        metrics.map(\.text).joined()
    }

    private var text: String {
        let head = "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
        return samples.reduce(into: head) { text, sample in
            let labels = sample.labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
            text += name + sample.ending + (labels.isEmpty ? "" : "{\(labels)}")
            text += " \(Self.number(sample.value))\n"
        }
    }

    fileprivate static func number(_ value: Double) -> String {
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return value.isNaN ? "NaN" : Int64(exactly: value).map { String($0) } ?? String(value)
    }

    private static func escaped(_ label: String) -> String {
        label.reduce(into: "") { text, character in
            switch character {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.append(character)
            }
        }
    }
}
