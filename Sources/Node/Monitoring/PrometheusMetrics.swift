public import CoreMetrics
public import Figures
import Synchronization

/// What applications and libraries report through swift-metrics, as series of `/metrics`.
///
/// ```swift
/// let metrics = PrometheusMetrics()
/// MetricsSystem.bootstrap(metrics)
/// Counter(label: "orders.placed", dimensions: [("kind", "gift")]).increment()
/// // # TYPE orders_placed_total counter
/// // orders_placed_total{kind="gift"} 1
/// ```
///
/// Names get the form of Prometheus: letters, digits and underscores, with `_total` behind those of counters and `_seconds`
/// behind those of timers. Recorders that aggregate, and timers, are histograms with fixed ranges. Counting is a step
/// without a lock; making a counter takes one, so keep it.
///
/// ### Decision: what goes through swift-metrics
/// 1. *What the modules of a node count themselves does not.* It is in their own counters, most of them numbers of an event
///    loop that nobody else touches, and is read when `/metrics` is asked. Through swift-metrics each of them would be a
///    call through a global of the process and an atomic step per message and per receiver of a broadcast, and who uses
///    the library in an application would have series of ours among his, whether he wants them or not. The same figures
///    are public (`Engine.metrics`, `Server.metrics` …), so an application can report what it likes.
/// 2. *What others emit does*: HTTP routes (the middleware of Hummingbird) and applications on top.
/// 3. *Labels are bounded.* Over ``Limits`` nothing new is taken, and that is counted: names of users or rooms as labels
///    would otherwise fill memory and the monitoring of whoever runs the node.
public final class PrometheusMetrics: MetricsFactory {
    /// How much is taken.
    public struct Limits: Sendable {
        /// Most names. Default: 500.
        public var names = 500
        /// Most combinations of labels of one name. Default: 200.
        public var labelSets = 200

        /// The defaults.
        public init() {}
    }

    typealias Labels = [Label]

    struct Label: Hashable {
        let name: String
        let value: String
    }

    private struct Family {
        let kind: Metric.Kind
        var members: [Labels: any Reported] = [:]
    }

    private struct State {
        var families: [String: Family] = [:]
        var refused = 0
    }

    private let limits: Limits
    private let state = Mutex(State())

    /// Creates a factory without series.
    /// - Parameter limits: how much is taken.
    public init(limits: Limits = Limits()) { self.limits = limits }

    /// What has been reported so far, by name, and how often something was not taken.
    public var series: [Metric] {
        let (families, refused) = state.withLock { ($0.families, $0.refused) }
        let reported = families.sorted { $0.key < $1.key }.map { name, family in
            Self.metric(name, family)
        }
        return reported + [
            Metric(
                "switchboard_metrics_refused_total", .counter,
                help:
                    "Series of applications and libraries that were not taken: too many, or another kind of that name.",
                Double(refused))
        ]
    }

    private static func metric(_ name: String, _ family: Family) -> Metric {
        let help = "Reported by an application or a library."
        let members = family.members.map { labels, member in
            (labels: labels.map { (name: $0.name, value: $0.value) }, member: member)
        }.sorted { $0.labels.map(\.value).lexicographicallyPrecedes($1.labels.map(\.value)) }
        guard family.kind == .histogram else {
            return Metric(
                name, family.kind, help: help,
                samples: members.map { .init($0.member.number, labels: $0.labels) })
        }
        return Metric(
            name, help: help,
            histograms: members.compactMap { member in member.member.histogram.map { (member.labels, $0) } })
    }
}

// MARK: - What swift-metrics asks for

extension PrometheusMetrics {
    /// Makes a counter.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        member(label, "_total", .counter, dimensions) { CountReported() } ?? NOOPMetricsHandler.instance
    }

    /// Makes a meter: a gauge.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        member(label, "", .gauge, dimensions) { LevelReported() } ?? NOOPMetricsHandler.instance
    }

    /// Makes a recorder: a histogram if it aggregates, else a gauge.
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        guard aggregate else {
            return member(label, "", .gauge, dimensions) { LevelReported() } ?? NOOPMetricsHandler.instance
        }
        return member(label, "", .histogram, dimensions) { SpreadReported(.sizes) } ?? NOOPMetricsHandler.instance
    }

    /// Makes a timer: a histogram of seconds.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        member(label, "_seconds", .histogram, dimensions) { SpreadReported(.work) } ?? NOOPMetricsHandler.instance
    }

    /// Ends a counter: its series is gone.
    public func destroyCounter(_ handler: any CounterHandler) { remove(handler) }

    /// Ends a meter: its series is gone.
    public func destroyMeter(_ handler: any MeterHandler) { remove(handler) }

    /// Ends a recorder: its series is gone.
    public func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }

    /// Ends a timer: its series is gone.
    public func destroyTimer(_ handler: any TimerHandler) { remove(handler) }

    /// The member of a name and labels, made if it is not there and there is room.
    private func member<Member: Reported>(
        _ label: String, _ ending: String, _ kind: Metric.Kind, _ dimensions: [(String, String)],
        _ make: () -> Member
    ) -> Member? {
        let name = Self.name(label, ending)
        let labels = dimensions.map { Label(name: Self.name($0.0, ""), value: $0.1) }
        return state.withLock { state in
            if let there = state.families[name]?.members[labels] as? Member { return there }
            let family = state.families[name] ?? Family(kind: kind)
            guard family.kind == kind, family.members.count < limits.labelSets,
                !family.members.isEmpty || state.families.count < limits.names
            else {
                state.refused += 1
                return nil
            }
            let new = make()
            state.families[name] = family
            state.families[name]?.members[labels] = new
            return new
        }
    }

    private func remove(_ handler: AnyObject) {
        state.withLock { state in
            for (name, family) in state.families {
                guard let labels = family.members.first(where: { $0.value === handler })?.key else { continue }
                state.families[name]?.members[labels] = nil
                if family.members.count == 1 { state.families[name] = nil }
                return
            }
        }
    }

    private static func name(_ label: String, _ ending: String) -> String {
        let name = String(label.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        let whole = name.hasSuffix(ending) ? name : name + ending
        return whole.first.map { !$0.isNumber } ?? false ? whole : "_" + whole
    }
}
