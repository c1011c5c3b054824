public import Adapter

/// Connection state recovery: a client that lost its connection gets its socket back, with id, rooms and data, and what
/// it has missed.
///
/// ```swift
/// var configuration = ServerConfiguration()
/// configuration.recovery = RecoveryConfiguration(maxDisconnectionDuration: .seconds(60))
/// ```
public struct RecoveryConfiguration: Sendable {
    /// How long and how much is kept in this process. A store of the application's own has limits of its own.
    public var limits = RecoveryLimits()
    /// Whether a socket that is restored does not pass the namespace's middleware again. Default: `true`, as the
    /// reference. What middleware puts into ``ConnectContext/storage`` is then absent: only ``Socket/data`` is restored.
    public var skipMiddlewares: Bool

    /// Creates a configuration.
    /// - Parameters:
    ///   - maxDisconnectionDuration: how long after the loss of its connection a socket can be restored. Default:
    ///     2 minutes.
    ///   - skipMiddlewares: whether it does not pass the namespace's middleware again. Default: `true`.
    public init(maxDisconnectionDuration: Duration = .seconds(120), skipMiddlewares: Bool = true) {
        self.skipMiddlewares = skipMiddlewares
        limits.maxDisconnectionDuration = maxDisconnectionDuration
    }

    func validate() throws(ServerConfigurationError) {
        guard limits.maxDisconnectionDuration > .zero else {
            throw ServerConfigurationError(value: "recovery.limits.maxDisconnectionDuration", minimum: "0 s")
        }
        guard limits.lossDetection >= .zero else {
            throw ServerConfigurationError(value: "recovery.limits.lossDetection", minimum: "0 s")
        }
        let counts = [
            ("maxSessions", limits.maxSessions), ("maxPackets", limits.maxPackets), ("maxBytes", limits.maxBytes),
            ("maxMissedBytes", limits.maxMissedBytes),
        ]
        for (name, value) in counts where value < 0 {
            throw ServerConfigurationError(value: "recovery.limits.\(name)", minimum: "0")
        }
    }
}
