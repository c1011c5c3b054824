import NIOCore

/// Wakes the HTTP connections of one event loop when their deadlines pass, with one timer for all.
///
/// A connection is noted under the tenth of a second of its deadline. A later deadline does not move it, so that the
/// deadlines of every request cost nothing: it is looked at when it comes up, and noted anew. Confined to the loop.
final class DeadlineWheel {
    /// Where a connection is noted.
    struct Place {
        fileprivate var tick: UInt64
        fileprivate var index: Int

        /// Whether a connection noted here is looked at early enough for a deadline.
        func isEarlyEnough(for deadline: NIODeadline) -> Bool { DeadlineWheel.tick(of: deadline) >= tick }
    }

    private let loop: any EventLoop
    private var slots: [UInt64: [HTTPConnection]] = [:]
    private var timer: Scheduled<Void>?
    private var timerTick = UInt64.max

    /// Nanoseconds.
    private static let tickLength: UInt64 = 100_000_000

    init(loop: any EventLoop) {
        self.loop = loop
    }

    /// The end of the tick of a deadline: never too early.
    private static func tick(of deadline: NIODeadline) -> UInt64 { deadline.uptimeNanoseconds / tickLength + 1 }

    /// Has a connection woken up at its deadline, or soon after. Not for connections whose place is early enough.
    func watch(_ connection: HTTPConnection) {
        forget(connection)
        let tick = Self.tick(of: connection.deadline)
        connection.place = Place(tick: tick, index: Self.append(connection, to: &slots[tick, default: []]))
        if tick < timerTick { schedule(tick) }
    }

    /// A connection is not to be woken up any more.
    func forget(_ connection: HTTPConnection) {
        guard let place = connection.place else { return }
        connection.place = nil
        // Changed where it is: to look for it once more, and to put it back, is three times as much.
        guard let slot = slots.index(forKey: place.tick) else { return }
        Self.remove(connection, at: place, from: &slots.values[slot])
        if slots.values[slot].isEmpty { slots.remove(at: slot) }
    }

    private static func append(_ connection: HTTPConnection, to slot: inout [HTTPConnection]) -> Int {
        slot.append(connection)
        return slot.count - 1
    }

    private static func remove(_ connection: HTTPConnection, at place: Place, from slot: inout [HTTPConnection]) {
        guard let last = slot.popLast(), last !== connection else { return }
        slot[place.index] = last
        last.place = place
    }

    private func schedule(_ tick: UInt64?) {
        timer?.cancel()
        timer = nil
        timerTick = tick ?? .max
        guard let tick else { return }
        // Weak: a pending timer does not keep a listener that was let go.
        let due = NIODeadline.uptimeNanoseconds(tick * Self.tickLength)
        timer = loop.assumeIsolated().scheduleTask(deadline: due) { [weak self] in self?.fired() }
    }

    private func fired() {
        let now = NIODeadline.now()
        while let tick = slots.keys.min(), tick * Self.tickLength <= now.uptimeNanoseconds {
            for connection in slots.removeValue(forKey: tick) ?? [] {
                connection.place = nil
                connection.wakeUp(now)
            }
        }
        schedule(slots.keys.min())
    }
}
