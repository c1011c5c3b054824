import NIOCore
import Routing

/// The tunnels of one thread, and what moves their bytes.
///
/// A tunnel has two places in the table, one for each end: the client's is even, the node's is the next. So one end finds
/// the other by a bit of its number.
///
/// A turn first reads whatever there is and then writes all of it. Writes that follow each other closely find the other
/// process awake; to wake it for each of them costs more than the write.
struct TunnelTable: ~Copyable {
    /// Most bytes of one read.
    private static let readSize = 65_536
    /// Most bytes that are read before they are written.
    private static let batchSize = 1 << 20
    private static let sweepInterval = TimeAmount.milliseconds(250)

    private struct Tunnel {
        let node: NodeID
        /// When it is cut off, because one side has ended.
        var deadline: NIODeadline?
    }

    /// What was read and has to be written: from which end, and how many bytes.
    private struct Batch {
        var ends: [(end: Int, bytes: Int)] = []
        var size = 0
    }

    private let poller: Poller
    private let counters: Counters
    private let patience: TimeAmount
    private let memory: UnsafeMutableRawBufferPointer
    private var ends: [TunnelEnd] = []
    private var tunnels: [Tunnel?] = []
    private var unused: [Int] = []
    private var batch = Batch()
    /// Ends to be read in this turn, and in the next.
    private var ready: [Int] = []
    private var later: [Int] = []
    /// Tunnels with a deadline, and when they are looked at again.
    private var ending = 0
    private var nextSweep = NIODeadline.uptimeNanoseconds(0)
    /// How many tunnels have ended since `takeEnded`.
    private var ended = 0

    /// - Parameters:
    ///   - poller: watches the sockets.
    ///   - counters: count bytes and failures.
    ///   - patience: how long a tunnel is kept when one side has ended.
    init(poller: Poller, counters: Counters, patience: Duration) {
        self.poller = poller
        self.counters = counters
        self.patience = TimeAmount(patience)
        memory = .allocate(byteCount: Self.batchSize, alignment: 16)
    }

    deinit {
        for var end in ends { end.release() }
        memory.deallocate()
    }

    /// How many milliseconds to wait for events at most; for ever if `nil`.
    var longestWait: Int32? {
        if !ready.isEmpty { return 0 }
        return ending > 0 ? Int32(clamping: Self.sweepInterval.nanoseconds / 1_000_000) : nil
    }

    /// How many tunnels have ended since the last call.
    mutating func takeEnded() -> Int {
        defer { ended = 0 }
        return ended
    }
}

// MARK: Tunnels

extension TunnelTable {
    /// Takes over both sockets of a tunnel.
    mutating func open(_ departure: Departure) {
        let tunnel = unused.popLast() ?? tunnels.count
        if tunnel == tunnels.count {
            tunnels.append(nil)
            ends += [TunnelEnd(), TunnelEnd()]
        }
        tunnels[tunnel] = Tunnel(node: departure.node)
        let client = tunnel * 2
        ends[client] = TunnelEnd(socket: departure.client)
        ends[client + 1] = TunnelEnd(socket: departure.nodeSocket)
        guard poller.add(departure.client, at: client), poller.add(departure.nodeSocket, at: client + 1) else {
            return close(tunnel)
        }
        counters.bytesFromClients.add(departure.fromClient.readableBytes)
        counters.bytesToClients.add(departure.fromNode.readableBytes)
        departure.fromClient.withUnsafeReadableBytes { write($0, from: client) }
        departure.fromNode.withUnsafeReadableBytes { write($0, from: client + 1) }
    }

    /// Cuts off every tunnel to a node.
    mutating func close(to node: NodeID) {
        for tunnel in tunnels.indices where tunnels[tunnel]?.node == node {
            counters.failed(.nodeDied)
            close(tunnel)
        }
    }

    /// Cuts off every tunnel.
    mutating func closeAll() {
        for tunnel in tunnels.indices { close(tunnel) }
    }

    /// Cuts off tunnels whose deadline has passed; looks for them a few times a second.
    mutating func sweep() {
        guard ending > 0 else { return }
        let now = NIODeadline.now()
        guard now >= nextSweep else { return }
        nextSweep = now + Self.sweepInterval
        for tunnel in tunnels.indices {
            if let deadline = tunnels[tunnel]?.deadline, deadline <= now { close(tunnel) }
        }
    }

    private mutating func close(_ tunnel: Int) {
        guard let state = tunnels[tunnel] else { return }
        if state.deadline != nil { ending -= 1 }
        ends[tunnel * 2].release()
        ends[tunnel * 2 + 1].release()
        tunnels[tunnel] = nil
        unused.append(tunnel)
        ended += 1
    }
}

// MARK: Bytes

extension TunnelTable {
    /// Takes note of an event.
    mutating func happened(_ event: Poller.Event) {
        let end = event.place
        guard ends.indices.contains(end), ends[end].isOpen else { return }
        if event.isWritable, ends[end].hasWaiting { resume(end) }
        if event.isReadable, ends[end].isOpen {
            ends[end].becameReadable(isEnding: event.isEnding)
            ready.append(end)
        }
    }

    /// Reads and writes what can be read and written now.
    mutating func moveBytes() {
        for end in ready { read(end) }
        writeBatch()
        swap(&ready, &later)
        later.removeAll(keepingCapacity: true)
    }

    /// What did not fit into a socket may fit now; then the other end may be read again.
    private mutating func resume(_ end: Int) {
        guard ends[end].writeWaiting() else { return broke(end) }
        guard ends[end].takesBytes else { return }
        if ends[end ^ 1].hasEnded {
            shut(end)
        } else if ends[end ^ 1].isReadable {
            ready.append(end ^ 1)
        }
    }

    private mutating func read(_ end: Int) {
        guard ends[end].isOpen, ends[end].isReadable, !ends[end].hasEnded, ends[end ^ 1].takesBytes else { return }
        if batch.size + Self.readSize > Self.batchSize { writeBatch() }
        let place = UnsafeMutableRawBufferPointer(rebasing: memory[batch.size..<batch.size + Self.readSize])
        switch ends[end].read(into: place) {
        case .bytes(let count):
            batch.ends.append((end, count))
            batch.size += count
            if ends[end].isReadable { later.append(end) }
        case .ended:
            writeBatch()
            ended(end)
        case .broken:
            writeBatch()
            broke(end)
        case .nothing: break
        }
    }

    private mutating func writeBatch() {
        var place = 0
        var fromClients = 0
        for (end, bytes) in batch.ends {
            if end & 1 == 0 { fromClients += bytes }
            write(UnsafeRawBufferPointer(rebasing: memory[place..<place + bytes]), from: end)
            place += bytes
        }
        if place > 0 {
            counters.bytesFromClients.add(fromClients)
            counters.bytesToClients.add(place - fromClients)
        }
        batch.ends.removeAll(keepingCapacity: true)
        batch.size = 0
    }

    /// Passes bytes on to the other end.
    private mutating func write(_ bytes: UnsafeRawBufferPointer, from end: Int) {
        guard !bytes.isEmpty, ends[end ^ 1].isOpen else { return }
        if !ends[end ^ 1].write(bytes) { broke(end ^ 1) }
    }

    /// An end sends no more. The other may, but not for ever.
    private mutating func ended(_ end: Int) {
        guard ends[end].isOpen else { return }
        ends[end].ended()
        if tunnels[end / 2]?.deadline == nil {
            tunnels[end / 2]?.deadline = .now() + patience
            ending += 1
        }
        if ends[end ^ 1].takesBytes { shut(end ^ 1) } else { closeIfOver(end / 2) }
    }

    /// An end's connection is gone. The other gets what there is for it, and has nobody to send to.
    private mutating func broke(_ end: Int) {
        guard ends[end].isOpen else { return }
        ends[end].broke()
        ends[end ^ 1].ended()
        ended(end)
    }

    /// Everything from the other end is written.
    private mutating func shut(_ end: Int) {
        ends[end].shut()
        closeIfOver(end / 2)
    }

    private mutating func closeIfOver(_ tunnel: Int) {
        if ends[tunnel * 2].isOver, ends[tunnel * 2 + 1].isOver { close(tunnel) }
    }
}
