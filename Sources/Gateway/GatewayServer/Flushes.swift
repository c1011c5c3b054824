import NIOCore

/// Ends of tunnels that were written to, to be flushed together when all that can be read in this turn of the loop has
/// been read. Writes that follow each other closely find the other process awake: to wake it for each of them costs more
/// than the write.
final class Flushes {
    private let eventLoop: any EventLoop
    @exclusivity(unchecked) private var written: [TunnelEnd] = []
    /// What is flushed at the moment. The two arrays change places, so that no turn allocates one.
    private var batch: [TunnelEnd] = []

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// Flushes an end at the end of this turn.
    func add(_ end: TunnelEnd) {
        written.append(end)
        guard written.count == 1 else { return }
        eventLoop.assumeIsolated().execute { self.flush() }
    }

    /// What is written meanwhile waits for another turn.
    private func flush() {
        swap(&written, &batch)
        for end in batch { end.flush() }
        batch.removeAll(keepingCapacity: true)
    }
}
