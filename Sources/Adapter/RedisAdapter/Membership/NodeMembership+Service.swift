import Cluster
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

extension NodeMembership {
    /// Takes the lease and renews it. A graceful shutdown gives it back, after everything of this node has been cleaned
    /// up; a cancelled task leaves that to the others.
    /// - Throws: nothing; declared by `Service`.
    public func run() async throws {
        let (moments, moment) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        redis.onStateChange { if $0 == .connected { moment.yield() } }
        let pulse = watchPulse()
        defer { pulse.cancel() }
        await withDiscardingTaskGroup { group in
            var next: Scheduled<Void>?
            for await _ in moments.cancelOnGracefulShutdown() {
                next?.cancel()
                if state.withLock({ $0.hasLeft }) { continue }
                let (lapsed, pause) = await beat()
                // Beside the heartbeat: a clean-up that takes long must not cost us our own lease.
                for tag in lapsed { group.addTask { await self.cleanUp(after: tag) } }
                next = redis.loop.scheduleTask(in: TimeAmount(pause)) { moment.yield() }
            }
            next?.cancel()
        }
        if !Task.isCancelled { await leave() }
    }

    /// Waits for the first lease.
    /// - Parameter deadline: how long at most.
    /// - Throws: ``RedisError/unavailable`` when there is none by then.
    public func waitUntilJoined(within deadline: Duration) async throws(RedisError) {
        let end = NIODeadline.now() + TimeAmount(deadline)
        while !state.withLock({ $0.hasJoined }) {
            guard NIODeadline.now() < end, !Task.isCancelled else { throw .unavailable }
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    /// One heartbeat, and what it brings to light.
    /// - Returns: after whom a clean-up is to be started, and when the next heartbeat is due.
    private func beat() async -> (lapsed: [NodeTag], pause: Duration) {
        do throws(RedisError) {
            let isFirst = !state.withLock { $0.hasJoined }
            var reply = try await send(isFirst ? "acquire" : "renew")
            if !isFirst, !reply.wasHeld { reply = try await returned() }
            noticed(reply.living)
            let lapsed = state.withLock { state in
                state.hasJoined = true
                return reply.lapsed.filter { state.cleaning.insert($0).inserted }
            }
            return (lapsed, reply.nextBeat(own: tag, heartbeat: configuration.heartbeat))
        } catch {
            logger.debug("No heartbeat", metadata: ["reason": "\(error)"])
            return ([], configuration.heartbeat)
        }
    }

    /// Notices when the process stands still.
    private func watchPulse() -> RepeatedTask {
        // The last heartbeat before it may be almost as old as what is left of the lease then.
        let longest = TimeAmount(configuration.lease / 2)
        return redis.loop.scheduleRepeatedTask(initialDelay: .zero, delay: TimeAmount(configuration.heartbeat)) {
            [weak self] _ in
            self?.state.withLock { $0.standstill.beat(at: .now(), longest: longest) }
        }
    }

    private func send(_ mode: RedisArgument) async throws(RedisError) -> HeartbeatReply {
        let began = NIODeadline.now()
        let reply = try await redis.run(
            MembershipScripts.heartbeat,
            keys: [leaseKey, lapsedKey, nodesKey, keys.key("beat")] + keysToKeep(at: began),
            arguments: [
                .text(tag.text), .integer(configuration.lease.milliseconds),
                .integer((configuration.heartbeat * 2).milliseconds), .text(information()), mode,
                .integer(configuration.keyLifetime.milliseconds),
            ])
        guard let reply = HeartbeatReply(reply) else { throw .unexpectedReply }
        if reply.living.contains(where: { $0.tag == tag }) {
            state.withLock { state in
                state.heldUntil = began + TimeAmount(configuration.lease)
                state.standstill.leaseHeld(at: began)
            }
        }
        return reply
    }

    /// The keys of others whose expiry is to be put off with this heartbeat: mostly none.
    private func keysToKeep(at now: NIODeadline) -> [String] {
        let kept = state.withLock { state -> [@Sendable () -> [String]] in
            guard state.nextKeeping <= now else { return [] }
            state.nextKeeping = now + TimeAmount(configuration.keyLifetime / 4)
            return state.keptKeys
        }
        return kept.flatMap { $0() }
    }

    /// Our lease was over: what the others did after us, or did half, is done to the end before we come back.
    private func returned() async throws(RedisError) -> HeartbeatReply {
        logger.info("The lease of this node was over; registering again", metadata: ["node": "\(tag)"])
        let (stoodStill, fenced) = state.withLock { ($0.standstill.isOpen, $0.standstillListeners) }
        if stoodStill {
            logger.warning("This process stood still; its sessions are given up", metadata: ["node": "\(tag)"])
            await onLoop { for listener in fenced { listener() } }
        }
        guard await runCleanUps(after: tag), !state.withLock({ $0.hasLeft }) else { throw .unavailable }
        let reply = try await send("acquire")
        let listeners = state.withLock { $0.lapsedListeners }
        await onLoop { for listener in listeners { listener() } }
        return reply
    }

    private func noticed(_ living: [HeartbeatReply.Living]) {
        let new = Dictionary(living.map { ($0.tag, $0.information) }) { first, _ in first }
        let (lost, listeners) = state.withLock { state in
            (state.replaceLiving(new, except: tag), state.lostListeners)
        }
        for node in lost {
            logger.info("A node is gone", metadata: ["node": "\(node)"])
            redis.loop.execute { for listener in listeners { listener(node) } }
        }
    }

    private func cleanUp(after tag: NodeTag) async {
        defer { _ = state.withLock { $0.cleaning.remove(tag) } }
        guard await runCleanUps(after: tag) else { return }
        _ = try? await redis.run(MembershipScripts.cleaned, keys: [lapsedKey], arguments: [.text(tag.text)])
    }

    /// Carries out all clean-ups, at the same time.
    /// - Returns: whether all succeeded in time.
    private func runCleanUps(after tag: NodeTag) async -> Bool {
        let cleanUps = state.withLock { $0.cleanUps }
        let loop = redis.loop
        let results = cleanUps.map { cleanUp in
            let result = loop.makePromise(of: Bool.self)
            let timeout = loop.scheduleTask(in: TimeAmount(configuration.lease)) { result.succeed(false) }
            loop.execute { cleanUp(tag) { result.succeed($0) } }
            return result.futureResult.map { succeeded in
                timeout.cancel()
                return succeeded
            }
        }
        let all = EventLoopFuture.whenAllSucceed(results, on: loop)
        return ((try? await all.get()) ?? [false]).allSatisfy { $0 }
    }

    /// Gives the lease back, and has everything of this node cleaned up: before the end of ``run()``, by a node that wants
    /// the others to know while it still hears what they send. Not taken again; calling it again does nothing.
    public func leave() async {
        let tag = RedisArgument.text(tag.text)
        let isFirst = state.withLock { state in
            defer { state.hasLeft = true }
            state.heldUntil = .uptimeNanoseconds(0)
            return !state.hasLeft
        }
        guard isFirst else { return }
        do throws(RedisError) {
            _ = try await redis.run(
                MembershipScripts.leave, keys: [leaseKey, lapsedKey, nodesKey],
                arguments: [tag, .integer(configuration.keyLifetime.milliseconds)])
            await cleanUp(after: self.tag)
        } catch {
            logger.info("Could not give the lease back", metadata: ["reason": "\(error)"])
        }
    }

    private func onLoop(_ body: @escaping @Sendable () -> Void) async {
        try? await redis.loop.submit(body).get()
    }
}

extension Duration {
    /// Whole milliseconds.
    var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
