import NIOCore
import NIOHTTP1
import NIOPosix
import Routing

/// Asks every node again and again whether it is ready, each on a connection of its own, so that a node that accepts
/// nobody is found as well.
struct Prober: Sendable {
    let gateway: Gateway
    let group: any EventLoopGroup

    /// Probes nodes until the task is cancelled.
    /// - Parameter nodes: the nodes, as they become known.
    func run(_ nodes: AsyncStream<NodeID>) async {
        await withDiscardingTaskGroup { tasks in
            for await node in nodes {
                tasks.addTask { await keepProbing(node) }
            }
            tasks.cancelAll()
        }
    }

    private func keepProbing(_ node: NodeID) async {
        let probes = gateway.configuration.probes
        while !Task.isCancelled, let (endpoint, failures) = gateway.beginProbe(of: node) {
            let next = ContinuousClock.now + probes.interval
            // After a failure only the confirmation is missing: the next answer must come sooner.
            let timeout = failures == 0 ? probes.timeout : min(probes.timeout, probes.interval)
            gateway.probed(node, await probe(endpoint, timeout: timeout))
            try? await Task.sleep(until: next, clock: .continuous)
        }
    }

    private func probe(_ endpoint: Endpoint, timeout: Duration) async -> ProbeOutcome {
        let loop = group.next()
        let outcome = loop.makePromise(of: ProbeOutcome.self)
        let deadline = loop.scheduleTask(in: TimeAmount(timeout)) { outcome.succeed(.failed) }
        let connecting = ClientBootstrap(group: loop)
            .connectTimeout(TimeAmount(timeout))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(
                        ProbeHandler(host: "\(endpoint.host):\(endpoint.port)", outcome: outcome))
                }
            }
            .connect(to: endpoint)
        connecting.whenFailure { outcome.succeed(isRefused($0) ? .refused : .failed) }
        let result = try? await outcome.futureResult.get()
        deadline.cancel()
        connecting.whenSuccess { $0.close(promise: nil) }
        return result ?? .failed
    }
}
