/// Who may come back until when, in that order. All may stay away equally long, so whoever goes last comes last.
///
/// Those who are back, or gone, stay here until their time would have been over: whoever reads this compares.
struct Absences: Sendable {
    struct Entry: Sendable {
        /// Until when it may come back, in microseconds.
        var end: Int64
        var participant: String
    }

    private var list: [Entry] = []
    private var start = 0

    /// Whose time is over next.
    var first: Entry? { start < list.count ? list[start] : nil }
    /// Everybody, in order.
    var entries: ArraySlice<Entry> { list[start...] }

    mutating func append(_ participant: String, until end: Int64) {
        list.append(Entry(end: end, participant: participant))
    }

    /// Takes away those whose time is over.
    /// - Parameter now: the time in microseconds.
    /// - Returns: who they are, in order of time and then of name.
    mutating func removeEnded(now: Int64) -> [Entry] {
        let begin = start
        while let first, first.end <= now { start += 1 }
        let ended = list[begin..<start].sorted { ($0.end, $0.participant) < ($1.end, $1.participant) }
        if start > 32, start * 2 > list.count {
            list.removeFirst(start)
            start = 0
        }
        return ended
    }
}
