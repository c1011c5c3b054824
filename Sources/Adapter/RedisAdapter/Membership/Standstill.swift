import NIOCore

/// Notices that the process stood still: what should happen at every heartbeat did not happen for much longer.
struct Standstill {
    private var last: NIODeadline?
    /// When the last one ended, if the lease has not been seen to be held since.
    private var ended: NIODeadline?

    /// Whether the process stood still after the lease was last held.
    var isOpen: Bool { ended != nil }

    /// A moment of life.
    /// - Parameters:
    ///   - now: when.
    ///   - longest: the time between two of them from which on it was a standstill.
    mutating func beat(at now: NIODeadline, longest: TimeAmount) {
        if let last, now - last >= longest { ended = now }
        last = now
    }

    /// The lease was held, or has been taken again.
    /// - Parameter asked: when Redis was asked; an answer to what was asked before a standstill says nothing about it.
    mutating func leaseHeld(at asked: NIODeadline) {
        if let ended, ended <= asked { self.ended = nil }
    }
}
