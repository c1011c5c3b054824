/// Dates as JavaScript's `toISOString` writes them.
package enum ISODate {
    /// The text of a point in time, for example `2026-11-21T09:47:53.000Z`; years outside of 0–9999 have a sign and six
    /// digits.
    /// - Parameter milliseconds: since 1970-01-01 UTC.
    /// - Returns: `nil` beyond the 8.64e15 milliseconds that JavaScript's dates reach.
    package static func text(milliseconds: Int64) -> String? {
        guard milliseconds.magnitude <= 8_640_000_000_000_000 else { return nil }
        let (days, time) = floorDivision(milliseconds, 86_400_000)
        let (year, month, day) = date(daysSince1970: days)
        return String(unsafeUninitializedCapacity: 27) { memory in
            var digits = DigitWriter(memory)
            if !(0...9999).contains(year) { digits.append(UInt8(ascii: year < 0 ? "-" : "+")) }
            digits.append(abs(year), (0...9999).contains(year) ? 4 : 6, then: "-")
            digits.append(month, 2, then: "-")
            digits.append(day, 2, then: "T")
            digits.append(time / 3_600_000, 2, then: ":")
            digits.append(time / 60_000 % 60, 2, then: ":")
            digits.append(time / 1000 % 60, 2, then: ".")
            digits.append(time % 1000, 3, then: "Z")
            return digits.count
        }
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

/// Writes numbers with zeros in front. There must be room.
private struct DigitWriter {
    private let memory: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0

    init(_ memory: UnsafeMutableBufferPointer<UInt8>) { self.memory = memory }

    mutating func append(_ byte: UInt8) {
        memory.initializeElement(at: count, to: byte)
        count += 1
    }

    mutating func append(_ value: Int64, _ width: Int, then mark: Unicode.Scalar) {
        var rest = value
        for place in (0..<width).reversed() {
            memory.initializeElement(at: count + place, to: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        }
        count += width
        append(UInt8(ascii: mark))
    }
}
