import CoreMetrics
import Figures
import Testing

@testable import Monitoring

@Suite("Metrics of applications and libraries")
struct PrometheusMetricsTests {
    let metrics = PrometheusMetrics()

    func text(_ metrics: PrometheusMetrics) -> String { Metric.text(metrics.series) }

    @Test("a counter gets a name of Prometheus, and its labels")
    func counter() {
        let counter = Counter(label: "hb.requests", dimensions: [("http.route", "/a")], factory: metrics)
        counter.increment(by: 2)
        Counter(label: "hb.requests", dimensions: [("http.route", "/a")], factory: metrics).increment()
        Counter(label: "hb.requests", dimensions: [("http.route", "/b")], factory: metrics).increment()
        #expect(text(metrics).contains("# TYPE hb_requests_total counter\n"))
        #expect(
            text(metrics).contains("hb_requests_total{http_route=\"/a\"} 3\nhb_requests_total{http_route=\"/b\"} 1\n"))
    }

    @Test("a timer is a histogram of seconds")
    func timer() {
        Timer(label: "work", factory: metrics).recordNanoseconds(2_000_000)
        #expect(text(metrics).contains("# TYPE work_seconds histogram\n"))
        #expect(text(metrics).contains("work_seconds_bucket{le=\"0.001\"} 0\nwork_seconds_bucket{le=\"0.0025\"} 1\n"))
        #expect(text(metrics).contains("work_seconds_sum 0.002\nwork_seconds_count 1\n"))
    }

    @Test("meters and recorders that do not aggregate are gauges, others histograms")
    func gauges() {
        let meter = Meter(label: "level", factory: metrics)
        meter.set(5)
        meter.increment(by: 2.5)
        meter.decrement()
        Gauge(label: "2 degrees", factory: metrics).record(1.5)
        Recorder(label: "sizes", aggregate: true, factory: metrics).record(7)
        let text = text(metrics)
        #expect(text.contains("# TYPE level gauge\nlevel 6.5\n"))
        #expect(text.contains("_2_degrees 1.5\n"))
        #expect(text.contains("sizes_bucket{le=\"5\"} 0\nsizes_bucket{le=\"10\"} 1\n"))
    }

    @Test("over the limits nothing new is taken, which is counted; what is there goes on")
    func limits() {
        var limits = PrometheusMetrics.Limits()
        (limits.names, limits.labelSets) = (2, 3)
        let metrics = PrometheusMetrics(limits: limits)
        for number in 0..<5 {
            Counter(label: "users", dimensions: [("name", "\(number)")], factory: metrics).increment()
        }
        for name in ["one", "two", "three"] { Counter(label: name, factory: metrics).increment() }
        Counter(label: "users", dimensions: [("name", "0")], factory: metrics).increment()
        let text = text(metrics)
        #expect(text.contains("users_total{name=\"0\"} 2\n") && !text.contains("name=\"3\""))
        #expect(text.contains("one_total 1\n") && !text.contains("two_total"))
        #expect(text.contains("switchboard_metrics_refused_total 4\n"))
    }

    @Test("one name has one kind")
    func kinds() {
        Meter(label: "x_total", factory: metrics).set(1)
        Counter(label: "x", factory: metrics).increment()
        #expect(text(metrics).contains("x_total 1\n"))
        #expect(text(metrics).contains("switchboard_metrics_refused_total 1\n"))
    }

    @Test("what is destroyed is gone, and leaves room")
    func destroying() {
        let counter = Counter(label: "x", factory: metrics)
        counter.increment(by: 7)
        counter.destroy()
        #expect(!text(metrics).contains("x_total"))
        Counter(label: "x", factory: metrics).increment()
        #expect(text(metrics).contains("x_total 1\n"))
    }
}
