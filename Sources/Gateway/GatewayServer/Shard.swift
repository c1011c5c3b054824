import NIOCore
import Routing

/// What one event loop owns: the clients it accepted, and the connections to nodes they share. Their tunnels belong to a
/// thread beside it.
///
/// Nothing here is ever touched from another loop, so nothing is locked.
final class Shard {
    let eventLoop: any EventLoop
    let gateway: Gateway
    private(set) var pool: NodePool
    private var clients: [ObjectIdentifier: ClientConnection] = [:]
    /// Upgraded connections that are not with `tunnels` yet.
    private var handovers: [ObjectIdentifier: Handover] = [:]
    private let tunnels: TunnelLoop
    /// Upgraded connections, those of `handovers` included.
    private var openTunnels = 0
    private var sweeper: Scheduled<Void>?
    private var drained: EventLoopPromise<Void>?

    init(eventLoop: any EventLoop, gateway: Gateway, tunnels: TunnelLoop) {
        self.eventLoop = eventLoop
        self.gateway = gateway
        self.tunnels = tunnels
        pool = NodePool(eventLoop: eventLoop, gateway: gateway)
    }

    /// One sweep looks at all deadlines, so that no request needs a timer of its own.
    func start() {
        sweeper = eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(250)) {
            self.sweep()
            self.start()
        }
    }

    private func sweep() {
        let now = NIODeadline.now()
        for client in clients.values where client.deadline < now { client.deadlinePassed() }
        pool.sweep(now: now)
    }
}

// MARK: Clients and tunnels

extension Shard {
    func opened(_ client: ClientConnection) {
        clients[ObjectIdentifier(client)] = client
        gateway.counters.clients.add()
        if drained != nil { client.drain() }
    }

    func closed(_ client: ClientConnection) {
        guard clients.removeValue(forKey: ObjectIdentifier(client)) != nil else { return }
        gateway.counters.clients.add(-1)
        endDrainIfEmpty()
    }

    /// A connection was upgraded: there will be a tunnel.
    func began(_ handover: Handover) {
        handovers[ObjectIdentifier(handover)] = handover
        openTunnels += 1
        gateway.counters.tunnels.add()
        gateway.counters.upgrades.add()
    }

    func departed(_ handover: Handover, _ departure: Departure) {
        handovers[ObjectIdentifier(handover)] = nil
        if !tunnels.open(departure) {
            departure.close()
            tunnelsEnded(1)
        }
    }

    func gaveUp(_ handover: Handover) {
        guard handovers.removeValue(forKey: ObjectIdentifier(handover)) != nil else { return }
        tunnelsEnded(1)
    }

    func tunnelsEnded(_ count: Int) {
        openTunnels -= count
        gateway.counters.tunnels.add(-count)
        endDrainIfEmpty()
    }

    /// The sessions of a node are gone: whoever waits for it is told at once, whoever is connected to it is cut off.
    func nodeDied(_ node: NodeID) {
        pool.forget(node)
        for client in clients.values { client.nodeDied(node) }
        tunnels.close(to: node)
        for handover in handovers.values where handover.node == node {
            gateway.counters.failed(.nodeDied)
            handover.close()
        }
    }
}

// MARK: Shutdown

extension Shard {
    /// Requests are let finish, idle connections are closed, tunnels are left alone.
    /// - Returns: succeeds when no client is left.
    func drain() -> EventLoopFuture<Void> {
        let promise = drained ?? eventLoop.makePromise(of: Void.self)
        drained = promise
        for client in clients.values { client.drain() }
        endDrainIfEmpty()
        return promise.futureResult
    }

    /// Closes everything.
    func close() {
        sweeper?.cancel()
        sweeper = nil
        for client in clients.values { client.close() }
        tunnels.closeAll()
        for handover in handovers.values { handover.close() }
        pool.close()
    }

    private func endDrainIfEmpty() {
        if clients.isEmpty, openTunnels == 0 { drained?.succeed() }
    }
}

/// Carries a shard to its loop.
struct ShardBox: Sendable {
    let eventLoop: any EventLoop
    private let tunnels: TunnelLoop
    private let box: NIOLoopBoundBox<Shard>

    /// - Throws: `IOError` if the process has no descriptors or memory left.
    init(eventLoop: any EventLoop, gateway: Gateway) throws {
        self.eventLoop = eventLoop
        tunnels = try TunnelLoop(
            counters: gateway.counters, patience: gateway.configuration.clients.halfCloseTimeout)
        let shard = Shard(eventLoop: eventLoop, gateway: gateway, tunnels: tunnels)
        box = .makeBoxSendingValue(shard, eventLoop: eventLoop)
    }

    /// Moves the bytes of the shard's tunnels until `stopTunnels`, on a thread of their own.
    func runTunnels() {
        tunnels.run { count in eventLoop.execute { shard.tunnelsEnded(count) } }
    }

    func stopTunnels() {
        tunnels.stop()
    }

    /// The shard; to be called on its loop only.
    var shard: Shard { box.value }
}
