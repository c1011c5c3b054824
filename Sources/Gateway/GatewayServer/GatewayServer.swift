public import Figures
public import Logging
public import NIOCore
public import NIOPosix
import Routing
public import ServiceLifecycle
import Synchronization

/// A router for Socket.IO clusters: keeps every polling and WebSocket session on the node that owns it.
///
/// It reads the head of each request, finds the owner in the session id, and forwards request and answer; after an
/// upgrade it only moves bytes. It has no state that clients depend on, so gateways can be added, killed and restarted.
///
/// ```swift
/// let gateway = try GatewayServer(
///     configuration: GatewayConfiguration(listeners: [.init(name: "meet", host: "127.0.0.1", port: 8001)]),
///     sources: [StaticNodes(nodes)], group: .singletonMultiThreadedEventLoopGroup, logger: logger)
/// let addresses = try await gateway.bind()
/// try await gateway.run()
/// ```
public final class GatewayServer: Service {
    /// Small first buffers, since most connections are idle tunnels; large ones for those that stream.
    static let receiveAllocator = AdaptiveRecvByteBufferAllocator(minimum: 64, initial: 512, maximum: 65_536)

    private let gateway: Gateway
    private let sources: [any NodeSource]
    private let group: MultiThreadedEventLoopGroup
    private let shards: [ObjectIdentifier: ShardBox]
    private let bound = Mutex<Bound>(Bound())

    private struct Bound {
        var listeners: [any Channel] = []
        /// The admin listener and that of `/metrics`.
        var admin: [any Channel] = []
    }

    /// A gateway that does not listen yet.
    /// - Parameters:
    ///   - configuration: what it does.
    ///   - sources: where it learns of nodes.
    ///   - group: its event loops; each takes a share of the clients.
    ///   - processSeries: what `/metrics` has beside the series of the gateway, such as memory. Default: nothing.
    ///   - logger: tells about nodes that come and go; never about single requests.
    /// - Throws: `GatewayConfiguration.Invalid`, also if the process has no descriptors left for its event loops.
    public init(
        configuration: GatewayConfiguration, sources: [any NodeSource], group: MultiThreadedEventLoopGroup,
        processSeries: @escaping @Sendable () -> [Metric] = { [] }, logger: Logger
    ) throws(GatewayConfiguration.Invalid) {
        try configuration.validate()
        gateway = Gateway(configuration: configuration, processSeries: processSeries, logger: logger)
        self.sources = sources
        self.group = group
        let gateway = gateway
        let boxes: [ShardBox]
        do {
            boxes = try group.makeIterator().map { try ShardBox(eventLoop: $0, gateway: gateway) }
        } catch {
            throw GatewayConfiguration.Invalid(description: "too many event loops: \(error)")
        }
        shards = Dictionary(uniqueKeysWithValues: boxes.map { (ObjectIdentifier($0.eventLoop), $0) })
        gateway.tell(boxes)
    }

    /// Binds the listeners. Connections wait in the kernel until `run` knows the nodes.
    /// - Returns: the address of each listener by its name, of the admin listener as `admin`, and of a listener for
    ///   `/metrics` as `metrics`.
    /// - Throws: if an address cannot be bound; those that were are released.
    public func bind() async throws -> [(name: String, address: SocketAddress)] {
        var addresses: [(name: String, address: SocketAddress)] = []
        do {
            for listener in gateway.configuration.listeners {
                let channel = try await bind(listener)
                bound.withLock { $0.listeners.append(channel) }
                if let address = channel.localAddress { addresses.append((listener.name, address)) }
            }
            for (name, listener, server) in AdminServer.all(of: gateway) {
                let channel = try await server.bind(listener, group: group)
                bound.withLock { $0.admin.append(channel) }
                if let address = channel.localAddress { addresses.append((name, address)) }
            }
        } catch {
            await close()
            throw error
        }
        return addresses
    }

    /// Serves until a graceful shutdown, which stops accepting, lets requests finish, and closes what is left when
    /// `GatewayConfiguration.drain` has passed.
    /// - Throws: what a source throws, or what `bind` throws if it was not called before.
    public func run() async throws {
        if bound.withLock(\.listeners.isEmpty) { _ = try await bind() }
        for box in shards.values { box.eventLoop.execute { box.shard.start() } }
        let threads = NIOThreadPool(numberOfThreads: shards.count)
        threads.start()
        for box in shards.values { threads.submit { _ in box.runTunnels() } }
        let result = await serveUntilShutdown()
        await close()
        for box in shards.values { box.stopTunnels() }
        try await threads.shutdownGracefully()
        try result.get()
    }
}

// MARK: Parts of a run

extension GatewayServer {
    /// - Returns: what ended it, if it was not the shutdown.
    private func serveUntilShutdown() async -> Result<Void, any Error> {
        do {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                probeNodes(in: &tasks)
                tasks.addTask { try await self.acceptUntilShutdown() }
                // The first to end is the shutdown, or a source that cannot go on.
                try await tasks.next()
                await self.drain()
                tasks.cancelAll()
            }
            return .success(())
        } catch {
            return .failure(error)
        }
    }

    private func probeNodes(in tasks: inout ThrowingTaskGroup<Void, any Error>) {
        let (nodes, found) = AsyncStream.makeStream(of: NodeID.self)
        let gateway = gateway
        let lists = SourceLists(count: sources.count)
        for (index, source) in sources.enumerated() {
            tasks.addTask {
                try await source.run { addresses in
                    for node in gateway.sourcesNamed(lists.update(index, addresses)) { found.yield(node) }
                }
            }
        }
        let prober = Prober(gateway: gateway, group: group)
        tasks.addTask { await prober.run(nodes) }
    }

    /// A gateway that was restarted must not tell clients that their sessions are unknown only because it has not asked
    /// the nodes yet. So connections are accepted once every node was probed; that takes one probe's time at most.
    private func acceptUntilShutdown() async throws {
        let probes = gateway.configuration.probes
        let deadline = ContinuousClock.now + probes.timeout + probes.interval
        while !(gateway.hasProbedAll && gateway.isReady), ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(10))
        }
        for channel in bound.withLock(\.listeners) {
            try await channel.setOption(.autoRead, value: true).get()
        }
        try await gracefulShutdown()
    }

    private func drain() async {
        let deadline = gateway.configuration.drain
        gateway.logger.info("draining", metadata: ["deadline": "\(deadline)"])
        for channel in bound.withLock(\.listeners) { try? await channel.close() }
        let drained = shards.values.map { box in box.eventLoop.flatSubmit { box.shard.drain() } }
        let all = EventLoopFuture.andAllSucceed(drained, on: group.any())
        await withDiscardingTaskGroup { tasks in
            tasks.addTask {
                try? await Task.sleep(for: deadline)
                for box in self.shards.values { box.eventLoop.execute { box.shard.close() } }
            }
            try? await all.get()
            tasks.cancelAll()
        }
    }

    private func close() async {
        let bound = bound.withLock { bound in
            defer { bound = Bound() }
            return bound
        }
        for channel in bound.listeners + bound.admin { try? await channel.close() }
        for box in shards.values {
            try? await box.eventLoop.submit { box.shard.close() }.get()
        }
    }

    private func bind(_ listener: GatewayConfiguration.Listener) async throws -> any Channel {
        let shards = shards
        let name = listener.name
        return try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.autoRead, value: false)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptPause())
                }
            }
            .childChannelOption(.recvAllocator, value: Self.receiveAllocator)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let box = shards[ObjectIdentifier(channel.eventLoop)] else {
                        throw ChannelError.operationUnsupported
                    }
                    try Self.accept(channel, listener: name, shard: box.shard)
                }
            }
            .bind(host: listener.host, port: listener.port)
            .get()
    }

    private static func accept(_ channel: any Channel, listener: String, shard: Shard) throws {
        let counters = shard.gateway.counters
        let open = counters.clients.value + counters.tunnels.value
        guard open < shard.gateway.configuration.clients.connections else {
            counters.failed(.tooManyConnections)
            throw ChannelError.operationUnsupported
        }
        try channel.pipeline.syncOperations.addHandler(ClientConnection(listener: listener, shard: shard))
    }
}

/// The nodes are those that any source names.
private final class SourceLists: Sendable {
    private let lists: Mutex<[[NodeAddress]]>

    init(count: Int) {
        lists = Mutex(Array(repeating: [], count: count))
    }

    func update(_ index: Int, _ addresses: [NodeAddress]) -> [NodeAddress] {
        lists.withLock { lists in
            lists[index] = addresses
            return lists.flatMap { $0 }
        }
    }
}
