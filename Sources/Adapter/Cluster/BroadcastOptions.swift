/// Whom a broadcast goes to, and how. The three fields are what `@socket.io/redis-adapter` puts on the wire.
public struct BroadcastOptions: Sendable, Equatable {
    /// Target rooms; a socket id counts as a room. Empty means everybody in the namespace.
    public var rooms: [String]
    /// Rooms (or socket ids) whose members do not get it.
    public var except: [String]
    /// Modifiers.
    public var flags: Flags

    /// Modifiers of a broadcast.
    public struct Flags: Sendable, Equatable {
        /// Receivers that cannot take it at once lose it.
        public var volatile = false
        /// Whether it may be compressed; `nil` leaves it to the configuration.
        public var compress: Bool?
        /// Not published to other nodes.
        public var local = false
        /// Names the event in the journal that nodes with connection state recovery share; `nil` if it is not there.
        public var event: EventID?
        /// Creates flags, all off.
        public init() {}
    }

    /// Creates options; by default everybody in the namespace.
    public init(rooms: [String] = [], except: [String] = [], flags: Flags = Flags()) {
        self.rooms = rooms
        self.except = except
        self.flags = flags
    }
}
