/// One series of `/metrics`, in the terms of the Prometheus text format 0.0.4.
public struct Metric: Sendable, Equatable {
    /// Kinds of series.
    public enum Kind: String, Sendable {
        /// Only ever grows, until the process restarts.
        case counter
        /// Goes up and down.
        case gauge
    }

    /// Name, `[a-z_]+`; counters end in `_total`.
    public var name: String
    /// One line that says what it counts.
    public var help: String
    /// Counter or gauge.
    public var kind: Kind
    /// Values with their labels.
    public var samples: [Sample]

    /// One value of a series.
    public struct Sample: Sendable, Equatable {
        /// Label names and values, in order.
        public var labels: [(name: String, value: String)]
        /// The value.
        public var value: Double

        /// Creates a sample.
        public init(_ value: Double, labels: [(name: String, value: String)] = []) {
            self.labels = labels
            self.value = value
        }

        /// Whether labels and value are the same.
        public static func == (left: Sample, right: Sample) -> Bool {
            left.value == right.value && left.labels.elementsEqual(right.labels, by: ==)
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
}

extension Metric {
    /// The text that a scrape reads.
    /// - Parameter metrics: the series, in order.
    /// - Returns: text in the exposition format 0.0.4.
    static func text(_ metrics: [Metric]) -> String {
        metrics.map(\.text).joined()
    }

    private var text: String {
        let head = "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
        return samples.reduce(into: head) { text, sample in
            let labels = sample.labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
            text += labels.isEmpty ? name : "\(name){\(labels)}"
            text += " \(Self.number(sample.value))\n"
        }
    }

    private static func number(_ value: Double) -> String {
        Int64(exactly: value).map { String($0) } ?? String(value)
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
