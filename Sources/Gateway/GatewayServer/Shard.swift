import NIOCore
import Routing

/// What one event loop owns: the clients it accepted, their tunnels, and the connections to nodes they share.
///
/// Nothing here is ever touched from another loop, so nothing is locked.
final class Shard {
    let eventLoop: any EventLoop
    let gateway: Gateway
    private(set) var pool: NodePool
    private var clients: [ObjectIdentifier: ClientConnection] = [:]
    private var tunnels: [ObjectIdentifier: Tunnel] = [:]
    /// What flushes the tunnels.
    let flushes: Flushes
    private var sweeper: Scheduled<Void>?
    private var drained: EventLoopPromise<Void>?

    init(eventLoop: any EventLoop, gateway: Gateway) {
        self.eventLoop = eventLoop
        self.gateway = gateway
        pool = NodePool(eventLoop: eventLoop, gateway: gateway)
        flushes = Flushes(eventLoop: eventLoop)
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

    func opened(_ tunnel: Tunnel) {
        tunnels[ObjectIdentifier(tunnel)] = tunnel
        gateway.counters.tunnels.add()
        gateway.counters.upgrades.add()
    }

    func closed(_ tunnel: Tunnel) {
        guard tunnels.removeValue(forKey: ObjectIdentifier(tunnel)) != nil else { return }
        gateway.counters.tunnels.add(-1)
        endDrainIfEmpty()
    }

    /// The sessions of a node are gone: whoever waits for it is told at once, whoever is connected to it is cut off.
    func nodeDied(_ node: NodeID) {
        pool.forget(node)
        for client in clients.values { client.nodeDied(node) }
        for tunnel in tunnels.values where tunnel.node == node {
            gateway.counters.failed(.nodeDied)
            tunnel.close()
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
        for tunnel in tunnels.values { tunnel.close() }
        pool.close()
    }

    private func endDrainIfEmpty() {
        if clients.isEmpty, tunnels.isEmpty { drained?.succeed() }
    }
}

/// Carries a shard to its loop.
struct ShardBox: Sendable {
    let eventLoop: any EventLoop
    private let box: NIOLoopBoundBox<Shard>

    init(eventLoop: any EventLoop, gateway: Gateway) {
        self.eventLoop = eventLoop
        box = .makeBoxSendingValue(Shard(eventLoop: eventLoop, gateway: gateway), eventLoop: eventLoop)
    }

    /// The shard; to be called on its loop only.
    var shard: Shard { box.value }
}
