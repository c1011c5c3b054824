import NIOCore

@testable import EngineIO

/// A session under test, with results in short words.
final class SessionBench {
    private var session: Session

    init(_ transport: Transport = .polling, allowsUpgrade: Bool = true, version3: Version3? = nil) {
        let settings = Session.Settings(
            pingInterval: .seconds(25), pingTimeout: .seconds(20), upgradeTimeout: .seconds(10),
            closingTimeout: .seconds(30), absenceTimeout: .seconds(3), allowsUpgrade: allowsUpgrade,
            outboundLimit: 1000)
        session = Session(transport: transport, version3: version3, settings: settings, now: .zero)
    }

    var isOpen: Bool { session.isOpen }
    var transport: Transport { session.transport }
    var heartbeatDue: Duration { session.heartbeatDue }

    func send(_ text: String, volatile: Bool = false, isBlocked: Bool = false) -> String {
        let message = OutgoingMessage(.text(ByteBuffer(string: text)))
        return switch session.send(message, volatile: volatile, isBlocked: isBlocked) {
        case .write: "write"
        case .queued: "queued"
        case .readyForPoll: "ready"
        case .dropped: "dropped"
        case .end(let ending): summary(ending)
        }
    }

    func packet(_ packet: Packet, at now: Duration = .zero) -> String {
        summary(session.received(packet, now: now))
    }

    func message(_ message: Message) -> String { summary(session.received(message, now: .zero)) }

    private func summary(_ result: Session.PacketResult) -> String {
        switch result {
        case .none: "none"
        case .message: "message"
        case .pong: "pong"
        case .barrierPassed: "passed"
        case .ping: "ping"
        case .end(let ending): summary(ending)
        }
    }

    func barrier() -> String {
        switch session.barrierRaised() {
        case .ping: "ping"
        case .impossible: "impossible"
        case .end(let ending): summary(ending)
        }
    }

    func malformed() -> String? { session.receivedMalformed().map(summary) }

    func time(_ now: Duration) -> String {
        switch session.timePassed(now) {
        case .none: "none"
        case .ping: "ping"
        case .wait: "wait"
        case .abandonUpgrade: "abandon"
        case .end(let ending): summary(ending)
        case .forget: "forget"
        }
    }

    func close(_ reason: CloseReason, now: Duration = .zero) -> String? {
        session.close(reason, now: now).map(summary)
    }

    func poll() -> String {
        switch session.pollArrived() {
        case .answer(let messages): "answer \(text(messages) ?? "")"
        case .answerLast(let messages): "last \(text(messages) ?? "")"
        case .hold: "hold"
        case .refuse: "refuse"
        case .overlap(let ending): "overlap \(summary(ending))"
        }
    }

    func turnEnded() -> String? { text(session.turnEnded()) }

    func pollAborted() -> String? { session.pollAborted().map(summary) }

    func pollMissed() -> String? { session.pollMissed().map(summary) }

    func postBegan() -> String? { session.postBegan().map(summary) }

    func postAborted(isRefused: Bool) -> String? { session.postAborted(isRefused: isRefused).map(summary) }

    func post(hadBegun: Bool = false) -> String {
        switch session.postArrived(hadBegun: hadBegun) {
        case .accept: "accept"
        case .ignore: "ignore"
        case .refuse: "refuse"
        case .overlap(let ending): "overlap \(summary(ending))"
        }
    }

    func webSocketClosed(_ reason: CloseReason) -> String? { session.webSocketClosed(reason).map(summary) }

    func candidateArrived(at now: Duration = .zero) -> Bool { session.candidateArrived(now: now) }

    func candidateClosed() { session.candidateClosed() }

    func candidate(_ packet: Packet?) -> String {
        switch session.candidateReceived(packet) {
        case .answerProbe(let poll): "probe \(text(poll) ?? "-")"
        case .upgraded(let queue, let poll): "upgraded \(text(queue) ?? "") poll \(text(poll) ?? "-")"
        case .abandon: "abandon"
        }
    }

    private func summary(_ ending: Session.Ending) -> String {
        let poll = text(ending.poll).map { " poll \($0)" } ?? ""
        return "\(ending.reason.rawValue)\(poll) ws \(ending.webSocket)\(ending.lingers ? " lingers" : "")"
    }

    private func text(_ messages: [OutgoingMessage]?) -> String? {
        messages.map { String(buffer: OutgoingMessage.payload($0)) }
    }
}
