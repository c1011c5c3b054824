import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

extension RedisClient {
    /// Connects, and connects again whenever a connection is lost, until the task is cancelled or a graceful shutdown
    /// begins. Everything given before the shutdown is carried out first, if Redis is there.
    /// - Throws: nothing; declared by `Service`.
    public func run() async throws {
        logStates()
        await withDiscardingTaskGroup { group in
            group.addTask { await self.keep(.subscriptions) }
            if let cluster {
                group.addTask { await self.keepServers(of: cluster) }
                group.addTask { await self.watchSlots(of: cluster) }
            } else {
                group.addTask { await self.keep(.commands(nil)) }
            }
            if let sentinels {
                watch(sentinels)
                group.addTask { await self.keep(.sentinel) }
            }
            do {
                try await gracefulShutdown()
                // Answered after everything that was given before.
                _ = try await self.command(["PING"], at: self.cluster?.connected ?? [])
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

    /// Tells the log when Redis comes and goes, and what was lost meanwhile.
    private func logStates() {
        let told = Mutex(Losses())
        onStateChange { [weak self, logger] state in
            logger.info("Redis", metadata: ["state": "\(state)"])
            guard let self else { return }
            let losses = losses
            let old = told.withLock { told in
                defer { told = losses }
                return told
            }
            guard losses != old else { return }
            logger.warning(
                "Publications did not reach the other nodes",
                metadata: [
                    "dropped": "\(losses.dropped &- old.dropped)",
                    "unconfirmed": "\(losses.unconfirmed &- old.unconfirmed)", "kept": "\(keptPublications)",
                ])
        }
    }

    /// When sentinels name another master, the links to the old one are closed, even if it only hangs.
    private func watch(_ sentinels: Sentinels) {
        let core = core
        onLoop {
            $0.watchSentinels { [weak core] master, endpoint in
                if master == sentinels.master { core?.value.masterMoved(to: endpoint) }
            }
        }
    }

    /// Keeps one link connected, as long as it is wanted.
    func keep(_ link: ClientCore.Link) async {
        var backOff = BackOff(configuration.timing)
        var complaint: LinkEnd?
        let role = await role(of: link)
        while let role, await self.role(of: link) == role, !Task.isCancelled {
            let since = NIODeadline.now()
            let end = await live(link)
            if Task.isCancelled { return }
            if end.wasUsable, NIODeadline.now() - since > TimeAmount(configuration.timing.longestBackOff) {
                backOff.succeeded()
            }
            // The same trouble again and again is told once.
            logger.log(
                level: end == complaint ? .debug : .info, "No connection to Redis",
                metadata: ["link": "\(link.name)", "reason": "\(end.reason)"])
            complaint = end.wasUsable ? nil : end
            try? await Task.sleep(for: backOff.pause(jitter: .random(in: 0...1)))
        }
    }

    /// What the connections of a link are made for; another one when the link was given up and made again.
    private func role(of link: ClientCore.Link) async -> ObjectIdentifier? {
        try? await loop.submit { [core] in core.value.role(link).map { ObjectIdentifier($0) } }.get()
    }

    /// One connection, from the attempt to its end.
    private func live(_ link: ClientCore.Link) async -> LinkEnd {
        let ended = loop.makePromise(of: LinkEnd.self)
        do {
            let endpoint = try await self.endpoint(of: link)
            let dialer = Dialer(configuration: configuration, loop: loop)
            let channel = try await dialer.dial(endpoint) { [core, configuration] in
                // Without a role the connection was given up while it was being made.
                LinkHandler(
                    role: core.value.role(link), endpoint: endpoint, timing: configuration.timing, ended: ended)
            }
            return try await withTaskCancellationHandler {
                try await ended.futureResult.get()
            } onCancel: {
                channel.close(promise: nil)
            }
        } catch {
            let end = error as? LinkEnd ?? LinkEnd(reason: RedisConfiguration.TLS.reason(error))
            ended.succeed(end)
            unreachable(link)
            return end
        }
    }

    /// Where a link leads at present.
    private func endpoint(of link: ClientCore.Link) async throws(LinkEnd) -> RedisConfiguration.Endpoint {
        switch link {
        case .commands(let server?), .shards(let server): return server
        default: break
        }
        switch (configuration.deployment, link) {
        case (.single(let endpoint), _): return endpoint
        case (.sentinel(let endpoints, _), .sentinel):
            // Any: the next attempt is made at another, if this one is away.
            guard let sentinel = (sentinels?.endpoints ?? endpoints).randomElement() else { break }
            return sentinel
        case (.sentinel, _):
            guard let sentinels else { break }
            return try await sentinels.findMaster(Dialer(configuration: configuration, loop: loop))
        case (.cluster, _):
            guard let server = cluster?.servers.randomElement() else { break }
            return server
        }
        throw LinkEnd(reason: "no server is known yet")
    }

    private func unreachable(_ link: ClientCore.Link) {
        // In a Redis Cluster another server may have taken over, whatever the link was for.
        cluster?.doubts()
        guard case .commands(let server) = link else { return }
        onLoop { $0.commands[server]?.unreachable() }
        if let server { cluster?.lost(server) }
    }
}
