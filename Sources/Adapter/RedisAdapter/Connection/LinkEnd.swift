/// How a connection ended, or an attempt to make one.
struct LinkEnd: Error, Equatable {
    /// For the log; never a password or a payload.
    var reason: String
    /// Whether it had been greeted and used before.
    var wasUsable = false
}
