import NIOCore
import NIOHTTP1
import NIOPosix
import Routing

/// A listener of a node, as a place to connect to.
struct Target: Hashable {
    let node: NodeID
    let endpoint: Endpoint
}

/// The connections of one event loop to nodes: idle ones are kept for the next request.
final class NodePool {
    private let eventLoop: any EventLoop
    private let gateway: Gateway
    private var idle: [Target: [NodeConnection]] = [:]
    private var isClosed = false

    init(eventLoop: any EventLoop, gateway: Gateway) {
        self.eventLoop = eventLoop
        self.gateway = gateway
    }

    /// An idle connection: the one used last, so that the others can become old.
    func take(_ target: Target) -> NodeConnection? {
        while let connection = idle[target]?.popLast() {
            if connection.isActive { return connection }
        }
        return nil
    }

    /// Takes a connection back that is ready for another request.
    func giveBack(_ connection: NodeConnection) {
        let limit = gateway.configuration.nodes.idleConnections
        guard connection.isActive, !isClosed, idle[connection.target]?.count ?? 0 < limit else {
            connection.close()
            return
        }
        connection.idleSince = .now()
        idle[connection.target, default: []].append(connection)
    }

    /// An idle connection was closed by the node.
    func closed(_ connection: NodeConnection) {
        idle[connection.target]?.removeAll { $0 === connection }
    }

    /// Makes a connection; calls back on the loop.
    func connect(_ target: Target, _ connected: @escaping (Result<NodeConnection, any Error>) -> Void) {
        let connection = NodeConnection(target: target, pool: self)
        let handler = NIOLoopBound(connection, eventLoop: eventLoop)
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(TimeAmount(gateway.configuration.nodes.connectTimeout))
            .channelOption(.recvAllocator, value: GatewayServer.receiveAllocator)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try handler.value.addHandlers(to: channel.pipeline.syncOperations)
                }
            }
        gateway.counters.nodeConnections.add()
        bootstrap.connect(to: target.endpoint).assumeIsolated().whenComplete { result in
            connected(result.map { _ in connection })
        }
    }

    /// Closes what was idle for too long.
    func sweep(now: NIODeadline) {
        let oldest = now - TimeAmount(gateway.configuration.nodes.idleTimeout)
        for (target, connections) in idle {
            guard connections.contains(where: { $0.idleSince < oldest }) else { continue }
            // Closing calls back to `closed`, so the table is changed first.
            idle[target] = connections.filter { $0.idleSince >= oldest }
            for connection in connections where connection.idleSince < oldest { connection.close() }
        }
    }

    func forget(_ node: NodeID) {
        for (target, connections) in idle where target.node == node {
            idle[target] = nil
            for connection in connections { connection.close() }
        }
    }

    func close() {
        isClosed = true
        let connections = idle.values.joined()
        idle = [:]
        for connection in connections { connection.close() }
    }
}

extension ClientBootstrap {
    /// Connects without a resolver where the host is an address.
    func connect(to endpoint: Endpoint) -> EventLoopFuture<any Channel> {
        if let address = try? SocketAddress(ipAddress: endpoint.host, port: endpoint.port) {
            return connect(to: address)
        }
        return connect(host: endpoint.host, port: endpoint.port)
    }
}

/// Whether an error says that nobody listens there: a fact about the node, not bad luck.
func isRefused(_ error: any Error) -> Bool {
    if let error = error as? IOError { return error.errnoCode == ECONNREFUSED }
    if let error = error as? NIOConnectionError {
        return !error.connectionErrors.isEmpty && error.connectionErrors.allSatisfy { isRefused($0.error) }
    }
    return false
}
