import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

extension RedisClient {
    /// Connects, and connects again whenever a connection is lost, until the task is cancelled or a graceful shutdown
    /// begins. Everything given before the shutdown is carried out first, if Redis is there.
    /// - Throws: nothing; declared by `Service`.
    public func run() async throws {
        onStateChange { [logger] in logger.info("Redis", metadata: ["state": "\($0)"]) }
        await withDiscardingTaskGroup { group in
            group.addTask { await self.keep(.commands) }
            group.addTask { await self.keep(.subscriptions) }
            do {
                try await gracefulShutdown()
                _ = try await self.command(["PING"])
            } catch {
                self.logger.debug("Leaving Redis at once", metadata: ["reason": "\(error)"])
            }
            group.cancelAll()
        }
    }

    /// Waits for both connections.
    /// - Parameter deadline: how long at most.
    /// - Throws: ``RedisError/unavailable`` when they are not there by then.
    public func waitUntilConnected(within deadline: Duration) async throws(RedisError) {
        let connected = loop.makePromise(of: Void.self)
        onStateChange { if $0 == .connected { connected.succeed() } }
        let timeout = loop.scheduleTask(in: TimeAmount(deadline)) { connected.fail(RedisError.unavailable) }
        do {
            try await connected.futureResult.get()
            timeout.cancel()
        } catch {
            throw .unavailable
        }
    }

    /// Keeps one link connected.
    private func keep(_ link: ClientCore.Link) async {
        var backOff = BackOff(configuration.timing)
        var isNews = true
        while !Task.isCancelled {
            do {
                let channel = try await connect(link)
                isNews = true
                let since = NIODeadline.now()
                try await withTaskCancellationHandler {
                    try await channel.closeFuture.get()
                } onCancel: {
                    channel.close(promise: nil)
                }
                if NIODeadline.now() - since > TimeAmount(configuration.timing.longestBackOff) { backOff.succeeded() }
            } catch {
                logger.log(
                    level: isNews ? .info : .debug, "Cannot reach Redis",
                    metadata: ["link": "\(link)", "reason": "\(error)"])
                isNews = false
            }
            try? await Task.sleep(for: backOff.pause(jitter: .random(in: 0...1)))
        }
    }

    private func connect(_ link: ClientCore.Link) async throws -> any Channel {
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(TimeAmount(configuration.timing.connect))
            .channelInitializer { [core, configuration, logger] channel in
                channel.eventLoop.makeCompletedFuture {
                    let role = core.value.role(link)
                    let handler = LinkHandler(role: role, timing: configuration.timing, logger: logger)
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
        return switch configuration.endpoint {
        case .host(let host, let port): try await bootstrap.connect(host: host, port: port).get()
        case .unixSocket(let path): try await bootstrap.connect(unixDomainSocketPath: path).get()
        }
    }
}
