public import Figures
public import NIOCore
public import ServiceLifecycle
import Synchronization

/// Measures how long event loops take to begin what they are given: what everything that arrives meanwhile waits, too.
///
/// Each loop is given something to do at an interval; nothing more while that waits, so that a loop that hangs is not
/// buried. How long such a loop hangs already is counted among the delays as soon as it goes on.
public final class EventLoopDelays: Service {
    private struct Watched: Sendable {
        let loop: any EventLoop
        let pulse: Pulse
    }

    /// Whether a loop has something of ours to do.
    private final class Pulse: Sendable {
        let isWaiting = Atomic(false)
    }

    private let loops: [Watched]
    private let interval: Duration
    private let delays = SharedHistogram(.work)

    /// Describes what to watch.
    /// - Parameters:
    ///   - loops: the event loops.
    ///   - interval: time between two measurements of a loop. Default: 250 milliseconds.
    public init(of loops: [any EventLoop], interval: Duration = .milliseconds(250)) {
        self.loops = loops.map { Watched(loop: $0, pulse: Pulse()) }
        self.interval = interval
    }

    /// The delays of all loops so far, in seconds.
    var histogram: Histogram { delays.value }

    /// The delays of all loops so far, as `switchboard_event_loop_delay_seconds`.
    public var series: [Metric] {
        [
            Metric(
                "switchboard_event_loop_delay_seconds",
                help: "How long event loops took to begin what they were given, measured four times a second.",
                histogram)
        ]
    }

    /// Measures until the task is cancelled or a graceful shutdown has ended everything that was started after it.
    /// - Throws: nothing; declared by `Service`.
    public func run() async throws {
        try? await cancelWhenGracefulShutdown { [self] in
            while !Task.isCancelled {
                measure()
                try await Task.sleep(for: interval)
            }
        }
    }

    /// Gives every loop something to do that has done what it was given last.
    func measure() {
        for watched in loops { measure(watched) }
    }

    private func measure(_ watched: Watched) {
        let wasWaiting = watched.pulse.isWaiting.exchange(true, ordering: .relaxed)
        guard !wasWaiting else { return }
        let start = NIODeadline.now()
        watched.loop.execute { [delays, pulse = watched.pulse] in
            delays.record(Duration(NIODeadline.now() - start))
            pulse.isWaiting.store(false, ordering: .relaxed)
        }
    }
}
