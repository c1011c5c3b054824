import Figures
import Synchronization

/// How many participants of this node wait and chat, since when, and how long it took to find partners for them. Those
/// who are away are not counted.
final class PairingFigures: Sendable {
    /// What a participant is doing, as far as it is counted.
    enum Phase: Equatable {
        case idle
        case waiting
        case chatting(pairID: String)

        fileprivate var isChatting: Bool { if case .chatting = self { true } else { false } }
    }

    private struct State {
        /// Since when somebody waits.
        var waiting: [String: Duration] = [:]
        var chatting = 0
        var times = Histogram(.waits)
    }

    private let uptime: @Sendable () -> Duration
    private let state = Mutex(State())

    /// - Parameter uptime: the time since any fixed instant.
    init(uptime: @escaping @Sendable () -> Duration) { self.uptime = uptime }

    /// The time.
    var now: Duration { uptime() }

    /// A participant goes on to something else.
    /// - Parameters:
    ///   - id: the participant.
    ///   - phase: what it did before.
    ///   - next: what it does now.
    ///   - asked: when it asked for a partner, if it did.
    func changed(_ id: String, from phase: Phase, to next: Phase, asked: Duration?) {
        let now = now
        state.withLock { state in
            let since = asked ?? state.waiting[id]
            state.waiting[id] = next == .waiting ? since ?? now : nil
            state.chatting += (next.isChatting ? 1 : 0) - (phase.isChatting ? 1 : 0)
            if next.isChatting, let since { state.times.record(now - since) }
        }
    }

    /// Fills in what is known here.
    func read(into metrics: inout MeetMetrics) {
        let now = now
        state.withLock { state in
            metrics.waiting = state.waiting.count
            metrics.longestWait = state.waiting.values.min().map { now - $0 } ?? .zero
            metrics.chatting = state.chatting
            metrics.matchTimes = state.times
        }
    }
}

extension Participant {
    /// What it is doing, as far as it is counted.
    var phase: PairingFigures.Phase {
        switch state {
        case .idle: .idle
        case .waiting: .waiting
        case .chatting(let chat): .chatting(pairID: chat.pairID)
        }
    }
}
