/// How long and how much a recovery store keeps.
public struct RecoveryLimits: Sendable, Equatable {
    /// How long after the loss of its connection a socket can be restored. Default: 2 minutes, as the reference.
    public var maxDisconnectionDuration: Duration = .seconds(120)
    /// How long a loss may go unnoticed: the ping interval and ping timeout of the engine together, at least. Events are
    /// kept for this time longer. Default: 45 seconds, as long as the engine's defaults.
    public var lossDetection: Duration = .seconds(45)
    /// Lost sessions that are kept; for a further one the oldest is given up. Default: 10,000.
    public var maxSessions = 10_000
    /// Events that are kept, of all namespaces together; for a further one the oldest is given up, and clients that
    /// may have missed it cannot be restored. Default: 100,000.
    public var maxPackets = 100_000
    /// Bytes that these events may take. Default: 64 MiB.
    public var maxBytes = 64 << 20
    /// Bytes that one restored client may have missed; one that missed more is not restored. Default: 1 MiB, a quarter
    /// of what the engine queues for a session.
    public var maxMissedBytes = 1 << 20

    /// Creates the default limits.
    public init() {}
}
