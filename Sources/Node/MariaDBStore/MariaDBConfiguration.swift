/// Where a MariaDB or MySQL server is, and how patient its connections are.
public struct MariaDBConfiguration: Sendable, Equatable {
    /// Host name or address, reached over TCP unless there is a ``socket``. Default `127.0.0.1`.
    public var host = "127.0.0.1"
    /// Port, default 3306.
    public var port: UInt16 = 3306
    /// Path of a Unix domain socket, which is used in place of ``host`` and ``port``; default none.
    public var socket: String?
    /// Name of the server's account.
    public var user: String
    /// Its password; `nil` (default) is none.
    public var password: String?
    /// Name of the database, which exists already.
    public var database: String
    /// TLS; `nil` (default) speaks without.
    public var tls: TLS?
    /// Most connections, each with a thread of its own; they are made when they are needed. Default 8.
    public var connections = 8
    /// Deadlines and pauses.
    public var timing = Timing()

    /// How connections are secured. The server's certificate must be good for its name.
    public struct TLS: Sendable, Equatable {
        /// PEM file of the authorities that are trusted; `nil` (default) trusts those of the system.
        public var authorityFile: String?
        /// PEM file of the certificate shown to the server; `nil` (default) shows none.
        public var certificateFile: String?
        /// PEM file of that certificate's private key.
        public var keyFile: String?

        /// TLS with the authorities of the system and no client certificate.
        public init() {}
    }

    /// Deadlines and pauses of the connections.
    public struct Timing: Sendable, Equatable {
        /// Time to connect, rounded up to whole seconds. Default 1 second.
        public var connect: Duration = .seconds(1)
        /// Time for the answer to one statement, rounded up to whole seconds; then the connection is given up. Default 2
        /// seconds.
        public var statement: Duration = .seconds(2)
        /// Time for one statement that changes the tables at the start, for instance for an index over millions of rows.
        /// Default 10 minutes.
        public var migration: Duration = .seconds(600)
        /// Pause after the first attempt to connect that failed; it doubles with each. Default 20 milliseconds.
        public var firstPause: Duration = .milliseconds(20)
        /// Longest pause between two attempts. Default 500 milliseconds.
        public var longestPause: Duration = .milliseconds(500)

        /// Creates the default timing.
        public init() {}
    }

    /// A server on this machine, everything else by default.
    /// - Parameters:
    ///   - user: name of the server's account.
    ///   - database: name of the database.
    public init(user: String, database: String) {
        self.user = user
        self.database = database
    }
}
