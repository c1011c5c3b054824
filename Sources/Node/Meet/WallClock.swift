import FoundationEssentials

/// The system's clock and its written form.
public enum WallClock {
    /// Reads the system's clock.
    /// - Returns: seconds since 1970-01-01 UTC.
    public static let now: @Sendable () -> Double = { Date.now.timeIntervalSince1970 }

    private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    /// The form that JavaScript's `toISOString` gives, such as `2026-11-21T12:00:00.250Z`.
    /// - Parameter seconds: seconds since 1970-01-01 UTC.
    /// - Returns: the text, in UTC, with milliseconds.
    static func text(_ seconds: Double) -> String {
        // Cut to whole milliseconds first: a formatter may round up and leave the second as it was.
        style.format(Date(timeIntervalSince1970: (seconds * 1000).rounded(.down) / 1000))
    }
}
