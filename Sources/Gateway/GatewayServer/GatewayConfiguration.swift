public import Routing

/// Everything that can be set of a gateway. The defaults are safe; lengths of time are `Duration`, sizes are bytes.
public struct GatewayConfiguration: Sendable {
    /// Where the gateway listens.
    public struct Listener: Sendable, Hashable {
        /// Name of the listener; requests go to the nodes' listener of the same name.
        public var name: String
        /// Host name or IP address to bind.
        public var host: String
        /// Port to bind; 0 asks the kernel for a free one.
        public var port: Int

        /// A listener from its parts.
        /// - Parameters:
        ///   - name: name of the listener.
        ///   - host: host name or IP address.
        ///   - port: port number.
        public init(name: String, host: String, port: Int) {
            self.name = name
            self.host = host
            self.port = port
        }
    }

    /// How nodes are probed.
    public struct Probes: Sendable, Hashable {
        /// Time from the start of one probe to the start of the next. Default 500 ms.
        public var interval = Duration.milliseconds(500)
        /// How long an answer may take. Default 1 second; after a first failure the next one may take `interval` only,
        /// so that a node that hangs is found within 2 seconds.
        public var timeout = Duration.seconds(1)

        /// The defaults.
        public init() {}
    }

    /// What a client may ask of the gateway.
    public struct ClientLimits: Sendable, Hashable {
        /// Most connections of clients, tunnels included. Default 100,000; more are closed as they come.
        public var connections = 100_000
        /// Most bytes of a request line and of the headers, each. Default 16 KiB; more is answered by 431.
        public var headBytes = 16_384
        /// Most header fields. Default 100; more is answered by 431.
        public var headerFields = 100
        /// Most bytes of a request's body; the default `nil` leaves the limit to the nodes. More is answered by 413.
        public var bodyBytes: Int?
        /// How long a request's head may take from its first byte. Default 10 seconds.
        public var headTimeout = Duration.seconds(10)
        /// How long a body, in either direction, may stand still. Default 30 seconds.
        public var bodyTimeout = Duration.seconds(30)
        /// How long a client may keep a connection open between requests. Default 75 seconds.
        public var keepAliveTimeout = Duration.seconds(75)
        /// How long half-closed tunnels are kept. Default 10 seconds.
        public var halfCloseTimeout = Duration.seconds(10)

        /// The defaults.
        public init() {}
    }

    /// How the gateway treats its connections to nodes.
    public struct NodeConnections: Sendable, Hashable {
        /// How long a connection may take to be made. Default 1 second.
        public var connectTimeout = Duration.seconds(1)
        /// How long an answer may take to begin. Default 2 minutes: a poll waits for the node's ping interval.
        public var responseTimeout = Duration.seconds(120)
        /// Most idle connections kept per event loop and listener of a node. Default 256.
        public var idleConnections = 256
        /// How long a connection is kept idle. Default 4 seconds: Node.js servers close theirs after 5.
        public var idleTimeout = Duration.seconds(4)

        /// The defaults.
        public init() {}
    }

    /// Where the gateway listens.
    public var listeners: [Listener]
    /// Where `/healthz`, `/readyz`, `/metrics` and `/nodes` are answered; nowhere if `nil`. Its name is of no meaning.
    public var admin: Listener?
    /// Where `/metrics` is answered instead of on the admin listener, if anywhere. Its name is of no meaning.
    public var metrics: Listener?
    /// How nodes are probed.
    public var probes = Probes()
    /// What a client may ask.
    public var clients = ClientLimits()
    /// How connections to nodes are treated.
    public var nodes = NodeConnections()
    /// Limits of routing.
    public var routing = RoutingLimits()
    /// Whether `X-Forwarded-Proto` and `X-Forwarded-Host` of clients are believed, because only a proxy of ours can
    /// reach the gateway. Default `false`: they are replaced. `X-Forwarded-For` is appended to in any case.
    public var trustsForwarded = false
    /// How long requests and tunnels may go on after the shutdown began. Default 10 seconds.
    public var drain = Duration.seconds(10)

    /// A configuration with defaults.
    /// - Parameters:
    ///   - listeners: where the gateway listens.
    ///   - admin: where it answers the operator.
    public init(listeners: [Listener], admin: Listener? = nil) {
        self.listeners = listeners
        self.admin = admin
    }

    /// Why a configuration cannot be used.
    public struct Invalid: Error, Sendable, Hashable, CustomStringConvertible {
        /// One line for the operator.
        public let description: String
    }

    /// Checks that the values make sense together.
    /// - Throws: `Invalid` with one line for the operator.
    public func validate() throws(Invalid) {
        guard !listeners.isEmpty else { throw Invalid(description: "a gateway needs at least one listener") }
        guard Set(listeners.map(\.name)).count == listeners.count else {
            throw Invalid(description: "two listeners have the same name")
        }
        let durations = [
            probes.interval, probes.timeout, clients.headTimeout, clients.bodyTimeout, clients.keepAliveTimeout,
            clients.halfCloseTimeout, nodes.connectTimeout, nodes.responseTimeout, nodes.idleTimeout,
        ]
        guard durations.allSatisfy({ $0 > .zero && $0 <= .seconds(86_400) }), drain >= .zero else {
            throw Invalid(description: "intervals and timeouts must be over zero and at most a day")
        }
        guard clients.headBytes >= 1_024, clients.headBytes <= 1_048_576 else {
            throw Invalid(description: "the limit of a request's head must be 1 KiB to 1 MiB")
        }
    }
}
