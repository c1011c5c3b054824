import Figures
import Testing

@Suite("Text of metrics")
struct MetricTests {
    @Test("a histogram is told by ranges that include the ones below, with sum and number")
    func histogram() {
        var histogram = Histogram(Histogram.Bounds([0.25, 10]))
        for value in [0.25, 5.0, 5, 100] { histogram.record(value) }
        let metric = Metric("wait_seconds", help: "Waits.", histograms: [([("kind", "a")], histogram)])
        #expect(
            Metric.text([metric]) == """
                # HELP wait_seconds Waits.
                # TYPE wait_seconds histogram
                wait_seconds_bucket{kind="a",le="0.25"} 1
                wait_seconds_bucket{kind="a",le="10"} 3
                wait_seconds_bucket{kind="a",le="+Inf"} 4
                wait_seconds_sum{kind="a"} 110.25
                wait_seconds_count{kind="a"} 4

                """)
    }

    @Test(
        "numbers have the form that Prometheus reads",
        arguments: [
            (0.5, "0.5"), (3, "3"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"),
        ])
    func numbers(value: Double, text: String) {
        #expect(Metric.text([Metric("x", .gauge, help: "X.", value)]).hasSuffix("\nx \(text)\n"))
    }

    @Test("labels are escaped")
    func labels() {
        let metric = Metric("x", .counter, help: "X.", samples: [.init(1, labels: [("l", "a\"b\\c\nd")])])
        #expect(Metric.text([metric]).hasSuffix(#"x{l="a\"b\\c\nd"} 1"# + "\n"))
    }
}
