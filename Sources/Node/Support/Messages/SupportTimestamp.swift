import FoundationEssentials

/// Points in time, as clients see them (`fecha`) and as the system's clock has them.
public enum SupportTimestamp {
    /// The system's clock.
    /// - Returns: seconds since 1970-01-01 UTC.
    public static func now() -> Double { Date.now.timeIntervalSince1970 }

    private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    /// The form that JavaScript's `toISOString` gives, such as `2026-11-21T12:00:00.250Z`.
    /// - Parameter milliseconds: milliseconds since 1970-01-01 UTC.
    /// - Returns: the text, in UTC, with milliseconds.
    public static func text(_ milliseconds: Int64) -> String {
        // A little more, so that no fraction comes out one too small.
        style.format(Date(timeIntervalSince1970: (Double(milliseconds) + 0.25) / 1_000))
    }
}
