import NIOCore

/// Something with output that leaves at the end of the loop turn.
protocol Flushable: AnyObject {
    func flush()
}

/// Collects, per event loop, whoever has something to write, so that everything queued for one connection in one turn
/// leaves in one write (`send` is by far the most expensive thing a server does with a message). A turn reads from all
/// connections that have something, and then writes.
final class Outbox {
    /// When so many have something to write, they need not wait for more to be read.
    private static let most = 512

    private let loop: any EventLoop
    @exclusivity(unchecked) private var dirty: [any Flushable] = []
    /// The array that ``dirty`` takes turns with, so that neither is allocated anew.
    @exclusivity(unchecked) private var batch: [any Flushable] = []
    @exclusivity(unchecked) private var isScheduled = false
    @exclusivity(unchecked) private var isFlushing = false
    /// The time in a turn at whose end something leaves, once it has been asked for.
    @exclusivity(unchecked) private var turnTime: NIODeadline?
    /// Memory of what has left.
    @exclusivity(unchecked) var spares = SpareBuffers()
    /// What the loop's connections count; made visible when everything is flushed.
    let tally: LoopTally

    init(loop: any EventLoop, tally: LoopTally = LoopTally()) {
        self.loop = loop
        self.tally = tally
    }

    /// The time. In a turn at whose end something leaves it is asked for once: each time takes 20 ns, and deadlines of seconds
    /// may be a turn early.
    var now: NIODeadline {
        guard isScheduled else { return .now() }
        if let turnTime { return turnTime }
        let now = NIODeadline.now()
        turnTime = now
        return now
    }

    /// Has something flushed at the end of the turn.
    func add(_ flushable: any Flushable) {
        dirty.append(flushable)
        if !isFlushing { schedule() }
    }

    /// Everything that a connection had has been read: what follows from it leaves at the end of the turn.
    func readCompleted() {
        if dirty.count < Self.most { schedule() } else { flush() }
    }

    private func schedule() {
        guard !isScheduled else { return }
        isScheduled = true
        turnTime = nil
        loop.assumeIsolated().execute { self.scheduledFlush() }
    }

    private func scheduledFlush() {
        isScheduled = false
        flush()
    }

    /// Flushes everything now, what is added meanwhile included.
    func flush() {
        guard !isFlushing else { return }
        isFlushing = true
        defer { isFlushing = false }
        while !dirty.isEmpty {
            swap(&dirty, &batch)
            for index in batch.indices { batch[index].flush() }
            batch.removeAll(keepingCapacity: true)
        }
        tally.publish()
    }
}
