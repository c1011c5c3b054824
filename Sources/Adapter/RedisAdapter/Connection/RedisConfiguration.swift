/// Where Redis is and how patient its connections are.
public struct RedisConfiguration: Sendable, Equatable {
    /// What kind of Redis it is, and where.
    public enum Deployment: Sendable, Equatable {
        /// One server.
        case single(Endpoint)
        /// The master of this name, which the sentinels at these addresses know; others are learnt from them.
        case sentinel([Endpoint], master: String)
        /// A Redis Cluster, of which these servers are members; the others are learnt from them.
        case cluster([Endpoint])
    }

    /// What kind of Redis it is, and where.
    public var deployment: Deployment
    /// TLS to servers and sentinels; `nil` (default) speaks plain TCP. Not with Unix domain sockets.
    public var tls: TLS?
    /// User of `AUTH`; `nil` (default) sends the password alone.
    public var user: String?
    /// Password of `AUTH`; `nil` (default) sends no `AUTH`.
    public var password: String?
    /// User of `AUTH` at the sentinels; `nil` (default) sends the password alone.
    public var sentinelUser: String?
    /// Password of `AUTH` at the sentinels; `nil` (default) sends them no `AUTH`.
    public var sentinelPassword: String?
    /// Database of `SELECT`, default 0, which is the only one of a Redis Cluster. Publications are not bound to a
    /// database.
    public var database = 0
    /// Name of the connections in `CLIENT LIST`, without blanks. Default `switchboard`; the links append their role.
    public var clientName = "switchboard"
    /// What becomes of publications while Redis cannot be reached. Default: 8 MiB of them are kept.
    public var outage = OutagePolicy.keep(bytes: 8 << 20)
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
        /// How long after a reconnection publications that were kept still wait, so that the other nodes have
        /// subscribed again before they are sent. Default 1 second, twice the longest pause.
        public var settling: Duration = .seconds(1)
        /// Time between two looks at who owns which slots of a Redis Cluster; every sign of a change is a reason to
        /// look at once. Default 15 seconds.
        public var topology: Duration = .seconds(15)
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

    /// Redis of any kind, everything else by default.
    /// - Parameter deployment: what kind, and where.
    public init(deployment: Deployment) {
        self.deployment = deployment
    }

    /// One server at an address, everything else by default.
    /// - Parameter endpoint: where it listens.
    public init(endpoint: Endpoint) {
        self.init(deployment: .single(endpoint))
    }

    /// Checks what cannot work. With TLS its files are read.
    /// - Throws: ``RedisError/invalidConfiguration(_:)``, which names the bad value.
    public func validate() throws(RedisError) {
        guard user == nil || password != nil else { throw .invalidConfiguration("a user without a password") }
        try validateAddressesAndLimits()
    }

    /// All but what a URL may leave open.
    func validateAddressesAndLimits() throws(RedisError) {
        try validateDeployment()
        guard database >= 0 else { throw .invalidConfiguration("database \(database) is negative") }
        guard !clientName.contains(where: { $0.isWhitespace || $0.isNewline }) else {
            throw .invalidConfiguration("the client name contains a blank")
        }
        let spans = [
            timing.connect, timing.command, timing.ping, timing.firstBackOff, timing.longestBackOff, timing.topology,
        ]
        guard spans.allSatisfy({ $0 > .zero }), timing.settling >= .zero else {
            throw .invalidConfiguration("a time is not positive")
        }
        guard timing.unresponsive > timing.ping, timing.dead >= timing.unresponsive else {
            throw .invalidConfiguration("the times ping < unresponsive <= dead are not in this order")
        }
        guard limits.waitingBytes > 0, limits.waitingCommands > 0, outage.keptBytes >= 0 else {
            throw .invalidConfiguration("a limit is not positive")
        }
        if let tls { _ = try tls.context() }
    }

    private func validateDeployment() throws(RedisError) {
        let endpoints =
            switch deployment {
            case .single(let endpoint): [endpoint]
            case .sentinel(let endpoints, _), .cluster(let endpoints): endpoints
            }
        guard !endpoints.isEmpty else { throw .invalidConfiguration("no address of Redis is named") }
        for endpoint in endpoints {
            switch endpoint {
            case .host(_, let port):
                guard (1...65535).contains(port) else {
                    throw .invalidConfiguration("port \(port) is not within 1...65535")
                }
            case .unixSocket:
                guard case .single = deployment, tls == nil else {
                    throw .invalidConfiguration("a Unix domain socket leads to one server, without TLS")
                }
            }
        }
        if case .sentinel(_, let master) = deployment, master.isEmpty || master.contains(where: \.isWhitespace) {
            throw .invalidConfiguration("the name of the sentinels' master is missing or contains a blank")
        }
        if case .cluster = deployment, database != 0 {
            throw .invalidConfiguration("a Redis Cluster has database 0 only")
        }
    }
}
