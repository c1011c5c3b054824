/// Where Redis is and how patient its connections are.
public struct RedisConfiguration: Sendable, Equatable {
    /// Where a Redis server listens.
    public enum Endpoint: Sendable, Equatable {
        /// TCP.
        case host(String, port: Int)
        /// A Unix domain socket.
        case unixSocket(path: String)
    }

    /// Where Redis listens.
    public var endpoint: Endpoint
    /// User of `AUTH`; `nil` (default) sends the password alone.
    public var user: String?
    /// Password of `AUTH`; `nil` (default) sends no `AUTH`.
    public var password: String?
    /// Database of `SELECT`, default 0. Publications are not bound to a database.
    public var database = 0
    /// Name of the connections in `CLIENT LIST`, without blanks. Default `switchboard`; the links append their role.
    public var clientName = "switchboard"
    /// Intervals and deadlines.
    public var timing = Timing()
    /// Bounds of what waits in memory.
    public var limits = Limits()

    /// Intervals and deadlines of the connections.
    public struct Timing: Sendable, Equatable {
        /// A connection that is not there after this time is tried again. Default 2 seconds.
        public var connect: Duration = .seconds(2)
        /// A command without a reply after this time fails. Default 2 seconds.
        public var command: Duration = .seconds(2)
        /// Time between two `PING`. Default 500 milliseconds.
        public var ping: Duration = .milliseconds(500)
        /// Silence after which Redis counts as unresponsive: commands fail at once, nothing is closed yet, so that a
        /// server that was only frozen loses no publication. Default 2 seconds.
        public var unresponsive: Duration = .seconds(2)
        /// Silence after which the connection is closed and made anew. Default 12 seconds.
        public var dead: Duration = .seconds(12)
        /// Pause before the second attempt to connect; it doubles with each attempt. Default 20 milliseconds.
        public var firstBackOff: Duration = .milliseconds(20)
        /// Longest pause between two attempts. Default 500 milliseconds.
        public var longestBackOff: Duration = .milliseconds(500)
        /// Creates the default timing.
        public init() {}
    }

    /// Bounds of what waits in memory.
    public struct Limits: Sendable, Equatable {
        /// Bytes that wait to be written; beyond, publications are dropped and commands fail. Default 8 MiB.
        public var waitingBytes = 8 << 20
        /// Commands and publications without a reply; beyond as above. Default 100,000.
        public var waitingCommands = 100_000
        /// Creates the default limits.
        public init() {}
    }

    /// Redis at an address, everything else by default.
    public init(endpoint: Endpoint) {
        self.endpoint = endpoint
    }

    /// Checks what cannot work.
    /// - Throws: ``RedisError/invalidConfiguration(_:)``, which names the bad value.
    public func validate() throws(RedisError) {
        if case .host(_, let port) = endpoint, !(1...65535).contains(port) {
            throw .invalidConfiguration("port \(port) is not within 1...65535")
        }
        guard database >= 0 else { throw .invalidConfiguration("database \(database) is negative") }
        guard !clientName.contains(where: { $0.isWhitespace || $0.isNewline }) else {
            throw .invalidConfiguration("the client name contains a blank")
        }
        let spans = [timing.connect, timing.command, timing.ping, timing.firstBackOff, timing.longestBackOff]
        guard spans.allSatisfy({ $0 > .zero }) else { throw .invalidConfiguration("a time is not positive") }
        guard timing.unresponsive > timing.ping, timing.dead >= timing.unresponsive else {
            throw .invalidConfiguration("the times ping < unresponsive <= dead are not in this order")
        }
        guard limits.waitingBytes > 0, limits.waitingCommands > 0 else {
            throw .invalidConfiguration("a limit is not positive")
        }
    }
}
