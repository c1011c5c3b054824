import Adapter
import FoundationEssentials
import SocketIO

/// What tells *meet* the time; tests bring their own.
struct Clocks: Sendable {
    /// The time since any fixed instant; never runs backwards.
    var uptime: @Sendable () -> Duration = InProcessMatchmaker.clock()
    /// Seconds since 1970-01-01 UTC.
    var now: @Sendable () -> Double = { Date.now.timeIntervalSince1970 }
}

/// A point in time as clients see it.
enum Timestamp {
    /// The form that JavaScript's `toISOString` gives, such as `2026-11-21T12:00:00.250Z`.
    /// - Parameter seconds: seconds since 1970-01-01 UTC.
    /// - Returns: the text, in UTC, with milliseconds; empty for what no clock tells.
    static func text(_ seconds: Double) -> String {
        Int64(exactly: (seconds * 1000).rounded()).flatMap(ISODate.text) ?? ""
    }
}
