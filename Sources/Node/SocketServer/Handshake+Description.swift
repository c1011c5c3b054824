public import EngineIO
import SocketIO

extension Handshake {
    /// When the session was opened, as JavaScript writes a date:
    /// `Sat Nov 21 2026 09:47:53 GMT+0000 (Coordinated Universal Time)`. See `issued` for a number.
    public var time: String { Self.time(issued) }

    /// Whether the request named the origin of a page, as browsers do for another origin than the server's own.
    public var xdomain: Bool { header("origin") != nil }

    /// The handshake as `fetchSockets` gives it to other nodes, in the shape and order of the reference.
    func description(auth: Value) -> Value {
        [
            "headers": .object(headers.merged()),
            "time": .string(time),
            "address": .string(address),
            "xdomain": .bool(xdomain),
            "secure": .bool(secure),
            "issued": .int(issued),
            "url": .string(url),
            "query": .object(query.merged()),
            "auth": auth,
        ]
    }

    /// A time, given in milliseconds since 1970-01-01 UTC, as JavaScript's `Date` writes it.
    static func time(_ milliseconds: Int64) -> String {
        let seconds = max(0, Int(milliseconds / 1000))
        let (days, second) = (seconds / 86_400, seconds % 86_400)
        let (year, month, day) = date(daysSince1970: days)
        let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][days % 7]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let clock = [second / 3600, second / 60 % 60, second % 60].map(twoDigits).joined(separator: ":")
        let date = "\(weekday) \(months[month - 1]) \(twoDigits(day)) \(year)"
        return "\(date) \(clock) GMT+0000 (Coordinated Universal Time)"
    }

    /// The date of a day, by counting in eras of 400 years that begin on March 1st, so that the leap day is the last.
    private static func date(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let (era, dayOfEra) = (shifted / 146_097, shifted % 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchBased = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchBased + 2) / 5 + 1
        let month = marchBased < 10 ? marchBased + 3 : marchBased - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

extension [(name: String, value: String)] {
    /// An object of them; values of a repeated name are joined by a comma, as Node.js does.
    fileprivate func merged() -> Value.Object {
        reduce(into: Value.Object()) { object, item in
            let earlier = object[item.name]?.string
            object[item.name] = .string(earlier.map { "\($0), \(item.value)" } ?? item.value)
        }
    }
}
