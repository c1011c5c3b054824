import Adapter
import FoundationEssentials

/// What tells *meet* the time; tests bring their own.
struct Clocks: Sendable {
    /// The time since any fixed instant; never runs backwards.
    var uptime: @Sendable () -> Duration = InProcessMatchmaker.clock()
    /// Seconds since 1970-01-01 UTC.
    var now: @Sendable () -> Double = { Date.now.timeIntervalSince1970 }
}

/// A point in time as clients see it.
enum Timestamp {
    private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    /// The form that JavaScript's `toISOString` gives, such as `2026-11-21T12:00:00.250Z`.
    /// - Parameter seconds: seconds since 1970-01-01 UTC.
    /// - Returns: the text, in UTC, with milliseconds.
    static func text(_ seconds: Double) -> String {
        style.format(Date(timeIntervalSince1970: seconds))
    }
}
