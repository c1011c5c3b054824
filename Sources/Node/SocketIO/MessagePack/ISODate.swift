/// Dates as JavaScript's `toISOString` writes them.
enum ISODate {
    /// The text of a point in time, for example `2026-11-21T09:47:53.000Z`.
    /// - Parameter milliseconds: since 1970-01-01 UTC.
    /// - Returns: `nil` beyond the 8.64e15 milliseconds that JavaScript's dates reach.
    static func text(milliseconds: Int64) -> String? {
        guard milliseconds.magnitude <= 8_640_000_000_000_000 else { return nil }
        let (days, time) = floorDivision(milliseconds, 86_400_000)
        let (year, month, day) = date(daysSince1970: days)
        let clock =
            padded(time / 3_600_000, 2) + ":" + padded(time / 60_000 % 60, 2) + ":" + padded(time / 1000 % 60, 2)
        return yearText(year) + "-" + padded(month, 2) + "-" + padded(day, 2) + "T" + clock + "."
            + padded(time % 1000, 3) + "Z"
    }

    /// Years outside of 0–9999 have a sign and six digits.
    private static func yearText(_ year: Int64) -> String {
        if (0...9999).contains(year) { return padded(year, 4) }
        return (year < 0 ? "-" : "+") + padded(abs(year), 6)
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    /// The Gregorian date. Counts in years that begin in March, so that leap days come last, and in eras of 400 years,
    /// which all have 146,097 days.
    private static func date(daysSince1970: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = floorDivision(daysSince1970 + 719_468, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day)
    }

    private static func floorDivision(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
