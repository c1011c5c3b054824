public import SocketIO

/// Limits and times of a ``Server``. Every limit has a clear result, named with it.
public struct ServerConfiguration: Sendable {
    /// How packets are written: the parser that the clients must have too. Default: JSON.
    public var parser: PacketFormat = .json
    /// How long a session may stay without joining any namespace; then it is closed with `connect timeout`. Default: 45
    /// seconds.
    ///
    /// Middleware that has not decided by then counts as not joined.
    public var connectTimeout: Duration = .seconds(45)
    /// Attachments that one packet may announce; a packet with more closes the session with `forced close`.
    /// Default: 10.
    public var maxAttachments = 10
    /// Namespaces that one session may have joined or asked for at a time; a further CONNECT is refused with the
    /// message `Too many namespaces`. Default: 64.
    public var maxNamespacesPerSession = 64
    /// Rooms that one socket may have joined at a time, its own id not counted; a further
    /// ``Socket/join(_:)`` throws ``RoomLimitReached``. Default: 1,024.
    public var maxRoomsPerSocket = 1024
    /// Length of an event name in bytes of UTF-8; a packet with a longer one closes the session with
    /// `forced close`. Default: 256.
    public var maxEventNameLength = 256
    /// Acknowledgements that one socket may owe us at a time; a further request fails at once with
    /// ``AcknowledgementError/tooManyPending``. Default: 10,000.
    public var maxPendingAcknowledgements = 10_000
    /// Events of one socket that may wait while an asynchronous handler of it runs.
    public var waitingEvents = WaitingEventLimits()
    /// Bounds of the namespaces that clients make exist by joining them.
    public var dynamicNamespaces = DynamicNamespaceConfiguration()
    /// How much a session may send per second; over it the session is closed with `rate limit`. Default: no limit.
    public var rates = SessionRates()

    /// Connection state recovery: whether clients that lost their connection get their sockets back. Default: `nil`,
    /// off.
    public var recovery: RecoveryConfiguration?

    /// Creates the default configuration.
    public init() {}

    /// Checks that every value makes sense.
    /// - Throws: ``ServerConfigurationError`` naming the first value that does not.
    public func validate() throws(ServerConfigurationError) {
        try recovery?.validate()
        guard connectTimeout > .zero else { throw ServerConfigurationError(value: "connectTimeout", minimum: "0 s") }
        let counts = [
            ("maxAttachments", maxAttachments, 0), ("maxNamespacesPerSession", maxNamespacesPerSession, 1),
            ("maxRoomsPerSocket", maxRoomsPerSocket, 0), ("maxEventNameLength", maxEventNameLength, 1),
            ("maxPendingAcknowledgements", maxPendingAcknowledgements, 0),
            ("waitingEvents.maxCount", waitingEvents.maxCount, 0),
            ("waitingEvents.maxBytes", waitingEvents.maxBytes, 0),
            ("dynamicNamespaces.maxCount", dynamicNamespaces.maxCount, 0),
            ("dynamicNamespaces.maxNameLength", dynamicNamespaces.maxNameLength, 1),
        ]
        for (name, value, minimum) in counts where value < minimum {
            throw ServerConfigurationError(value: name, minimum: "\(minimum)")
        }
    }
}

/// A value of a ``ServerConfiguration`` is out of range.
public struct ServerConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Name of the property.
    public let value: String
    /// What it must be above, or at least.
    public let minimum: String

    /// One line that says what to change.
    public var description: String { "\(value) is below its minimum (\(minimum))" }
}
