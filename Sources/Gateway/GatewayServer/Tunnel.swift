import NIOCore
import Routing

/// An upgraded connection: a client and its node, glued together. Nothing is parsed any more.
final class Tunnel {
    let node: NodeID
    let clientEnd: TunnelEnd
    let nodeEnd: TunnelEnd
    private let shard: Shard
    private var deadline: Scheduled<Void>?

    init(node: NodeID, shard: Shard) {
        self.node = node
        self.shard = shard
        let counters = shard.gateway.counters
        clientEnd = TunnelEnd(counter: counters.bytesFromClients, flushes: shard.flushes)
        nodeEnd = TunnelEnd(counter: counters.bytesToClients, flushes: shard.flushes)
    }

    /// Both ends are in their pipelines.
    func start() {
        clientEnd.join(self, peer: nodeEnd)
        nodeEnd.join(self, peer: clientEnd)
        // The decoders leave later in this tick and hand over the bytes they hold, which come first.
        shard.eventLoop.assumeIsolated().execute {
            self.clientEnd.begin()
            self.nodeEnd.begin()
        }
    }

    /// One side sends no more. The other may, but not for ever.
    func halfClosed() {
        guard deadline == nil else { return }
        let patience = TimeAmount(shard.gateway.configuration.clients.halfCloseTimeout)
        deadline = shard.eventLoop.assumeIsolated().scheduleTask(in: patience) { self.close() }
    }

    /// One side is gone.
    func ended() {
        guard clientEnd.isGone, nodeEnd.isGone else { return halfClosed() }
        deadline?.cancel()
        deadline = nil
        shard.closed(self)
    }

    /// Cuts both sides off.
    func close() {
        clientEnd.close()
        nodeEnd.close()
    }
}
