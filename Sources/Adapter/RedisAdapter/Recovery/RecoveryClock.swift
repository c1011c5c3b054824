import Cluster
import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Redis' clock as this node knows it, in microseconds: what events are numbered by. A value.
struct RecoveryClock {
    /// What is added to the time since any fixed instant; that of this machine's clock until Redis has told.
    private var difference: Int64
    private var last: UInt64 = 0

    /// - Parameters:
    ///   - now: the time since any fixed instant.
    ///   - estimate: what Redis' clock may say, in microseconds.
    init(at now: NIODeadline, estimate: UInt64) {
        difference = Int64(clamping: estimate) - Self.microseconds(now)
    }

    /// Redis told the time.
    mutating func heard(_ time: UInt64, at now: NIODeadline) {
        difference = Int64(min(time, EventID.largestNumber)) - Self.microseconds(now)
    }

    /// The time, but later than ever before.
    mutating func next(at now: NIODeadline) -> UInt64 {
        last = max(last + 1, UInt64(max(0, Self.microseconds(now) + difference)))
        return last
    }

    private static func microseconds(_ now: NIODeadline) -> Int64 { Int64(clamping: now.uptimeNanoseconds / 1000) }

    /// What this machine's clock says, in microseconds.
    static var systemTime: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(max(0, time.tv_sec)) * 1_000_000 + UInt64(max(0, time.tv_nsec)) / 1000
    }
}
