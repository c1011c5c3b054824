/// What a node said about itself when it was probed.
public struct ProbeReport: Sendable, Hashable {
    /// Whether it takes new sessions.
    public let isReady: Bool
    /// Whether it is shutting down: it serves the sessions it has and takes no others.
    public let isDraining: Bool
    /// The first characters of its session ids; `nil` for a node that is not ours, whose ids must be learned.
    public let tag: String?
    /// Its name, for the operator.
    public let name: String?
    /// How many sessions it has, 0 to a billion; `nil` if it does not say.
    public let sessions: Int?

    /// A report from its parts.
    /// - Parameters:
    ///   - isReady: whether the node takes new sessions.
    ///   - isDraining: whether the node is shutting down.
    ///   - tag: first characters of its session ids.
    ///   - name: its name.
    ///   - sessions: number of its sessions; brought into range.
    public init(isReady: Bool, isDraining: Bool = false, tag: String?, name: String? = nil, sessions: Int? = nil) {
        self.isReady = isReady
        self.isDraining = isDraining
        self.tag = tag
        self.name = name
        self.sessions = sessions.map { min(max(0, $0), 1_000_000_000) }
    }
}

/// What a probe or a change of health means for the sessions on a node.
public enum HealthChange: Sendable, Hashable {
    /// Nothing that concerns them.
    case none
    /// The node answers, for the first time or again.
    case appeared
    /// The node answers as another incarnation: the sessions of the one before are gone.
    case restarted
    /// The node is taken for dead: its sessions are gone.
    case died
}

/// Judges from probes whether a node is alive.
///
/// A refused connection is a fact and counts at once. A late answer may be chance, so it takes several in a row.
public struct NodeHealth: Sendable, Hashable {
    /// What the gateway does with a node.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// Not probed yet: gets nothing.
        case unknown
        /// Gets new sessions and the requests of its own.
        case healthy
        /// Alive but, as it says, not ready: gets the requests of its own sessions only.
        case unready
        /// Shutting down: gets the requests of its own sessions only.
        case draining
        /// Taken for dead: gets nothing, and its sessions are unknown.
        case unhealthy
    }

    /// What the gateway does with the node now.
    public private(set) var state = State.unknown
    /// The last report; it stays when probes fail.
    public private(set) var report: ProbeReport?
    /// Probes failed since the last report.
    public private(set) var failures = 0
    private let threshold: Int

    /// A node that has not been probed.
    /// - Parameter threshold: how many probes in a row must fail before the node is taken for dead; at least 1.
    public init(threshold: Int) {
        self.threshold = max(1, threshold)
    }

    /// Whether requests of the node's own sessions go to it.
    public var isAlive: Bool { state != .unknown && state != .unhealthy }

    /// A probe was answered.
    /// - Parameter report: what the node said.
    /// - Returns: what that means for its sessions.
    public mutating func answered(_ report: ProbeReport) -> HealthChange {
        let before = (isAlive: isAlive, tag: self.report?.tag)
        self.report = report
        failures = 0
        state = report.isDraining ? .draining : report.isReady ? .healthy : .unready
        guard before.isAlive else { return .appeared }
        return before.tag == report.tag ? .none : .restarted
    }

    /// A probe was not answered in time, or with something that is no answer.
    /// - Returns: what that means for its sessions.
    public mutating func failed() -> HealthChange {
        failures += 1
        return failures < threshold && state != .unknown ? .none : died()
    }

    /// A connection to the node was refused, by a probe or for a request.
    /// - Returns: what that means for its sessions.
    public mutating func refused() -> HealthChange {
        failures += 1
        return died()
    }

    private mutating func died() -> HealthChange {
        defer { state = .unhealthy }
        return isAlive ? .died : .none
    }
}
