public import Logging
public import NIOCore
public import ServiceLifecycle

/// A process' way to Redis: one connection for commands and one for subscriptions, both on one event loop, made anew
/// whenever they are lost. With sentinels they lead to the master, wherever it is; in a Redis Cluster there is one
/// connection for commands to each master that is needed.
///
/// Commands may be given from any thread; the order of calls is the order on the wire, and what is given within one
/// tick goes out in one write. Nothing here waits for Redis: while it cannot be reached, commands fail at once with
/// ``RedisError/unavailable``, and publications are kept or dropped as ``RedisConfiguration/outage`` says.
///
/// In a Redis Cluster a command goes to the owner of its first key, and is sent again where it is redirected; in order
/// for each slot.
///
/// ```swift
/// let redis = RedisClient(configuration: try RedisConfiguration(url: "redis://127.0.0.1:6379/0"), loop: loop, logger: logger)
/// // redis.run() is a child task or a member of a ServiceGroup
/// try await redis.waitUntilConnected(within: .seconds(5))
/// let reply = try await redis.command(["GET", "key"])
/// ```
public final class RedisClient: Service {
    /// Called with a reply, or why there is none; once, on the client's event loop.
    public typealias Completion = @Sendable (Result<RedisReply, RedisError>) -> Void
    /// Called with the channel and the bytes of a publication, in order, on the client's event loop.
    public typealias Subscriber = @Sendable (_ channel: ByteBuffer, _ payload: ByteBuffer) -> Void

    /// The event loop of all connections, of all completions and of all subscribers.
    public let loop: any EventLoop
    /// Where Redis is.
    public let configuration: RedisConfiguration
    let logger: Logger
    let core: NIOLoopBoundBox<ClientCore>
    /// The one server's commands; unused with a Redis Cluster.
    let queue: CommandQueue
    /// With a Redis Cluster, the way to its servers.
    let cluster: ClusterCommands?
    /// With sentinels, who they are.
    let sentinels: Sentinels?
    private let scripts = ScriptTable()

    /// Creates a client; ``run()`` connects it.
    /// - Parameters:
    ///   - configuration: where Redis is; validated by its maker.
    ///   - loop: carries all connections and calls everybody back.
    ///   - logger: told about connections made and lost, never about what they carry.
    public init(configuration: RedisConfiguration, loop: any EventLoop, logger: Logger) {
        self.configuration = configuration
        self.loop = loop
        self.logger = logger
        queue = CommandQueue(configuration)
        let links = ClientCore(configuration, scripts: scripts)
        var isCluster = false
        switch configuration.deployment {
        case .single: sentinels = nil
        case .sentinel(let endpoints, let master): sentinels = Sentinels(endpoints, master: master)
        case .cluster:
            sentinels = nil
            isCluster = true
        }
        if !isCluster { links.addCommands(nil, queue) }
        let core = NIOLoopBoundBox.makeBoxSendingValue(links, eventLoop: loop)
        self.core = core
        let cluster =
            isCluster
            ? ClusterCommands(configuration, loop: loop) { [weak core] server in
                guard let core else { return }
                loop.execute { core.value.drain(server) }
            } : nil
        self.cluster = cluster
        if let cluster { loop.execute { core.value.use(cluster) } }
    }

    /// How many publications were never sent because Redis could not be reached or too much was waiting.
    public var droppedPublications: UInt64 { losses.dropped }

    /// How many publications were sent without Redis having said that it has them, because the connection was lost
    /// first. They are not sent again: nothing arrives twice.
    public var unconfirmedPublications: UInt64 { losses.unconfirmed }

    /// How many publications wait at present for Redis to come back.
    public var keptPublications: Int { cluster?.keptPublications ?? queue.keptPublications }

    var losses: Losses { cluster?.losses ?? queue.losses }

    /// Sends a command.
    /// - Parameters:
    ///   - words: the command and its arguments.
    ///   - completion: called once, on ``loop``. An error reply of Redis is ``RedisError/refused(_:)``.
    public func command(_ words: [RedisArgument], completion: @escaping Completion) {
        if let cluster { return cluster.command(words, completion: completion) }
        switch queue.append(words, completion: completion) {
        case .refused: loop.execute { completion(.failure(.unavailable)) }
        case .queued: break
        case .first: wake()
        }
    }

    /// Sends a command and waits for its reply.
    /// - Parameter words: the command and its arguments.
    /// - Returns: the reply.
    /// - Throws: ``RedisError``; an error reply of Redis is ``RedisError/refused(_:)``.
    public func command(_ words: [RedisArgument]) async throws(RedisError) -> RedisReply {
        try await withCheckedContinuation { continuation in
            command(words) { continuation.resume(returning: $0) }
        }.get()
    }

    /// Sends a command to several servers of a Redis Cluster, or to the one that there is, and waits for the replies.
    /// - Parameters:
    ///   - words: a command that names no key.
    ///   - servers: which, if there is a Redis Cluster.
    /// - Returns: the replies of those that gave one in time, in no order.
    /// - Throws: ``RedisError`` if none did.
    func command(
        _ words: [RedisArgument], at servers: [RedisConfiguration.Endpoint]
    ) async throws(RedisError) -> [RedisReply] {
        guard let cluster else { return [try await command(words)] }
        let results = servers.map { server in
            let result = loop.makePromise(of: Result<RedisReply, RedisError>.self)
            let order = ClusterOrder(words: words, route: .home, redirections: 0) { result.succeed($0) }
            cluster.submit(order, to: server)
            return result.futureResult
        }
        let all = (try? await EventLoopFuture.whenAllSucceed(results, on: loop).get()) ?? []
        let replies = all.compactMap { try? $0.get() }
        if replies.isEmpty { throw .unavailable }
        return replies
    }

    /// Makes a script known: Redis loads it now if it is there, and whenever a connection is made.
    /// - Parameter script: a script with a name of its own.
    public func register(_ script: RedisScript) {
        scripts.add(script)
        let load: [RedisArgument] = ["SCRIPT", "LOAD", .text(script.source)]
        let loaded: Completion = { [scripts] reply in
            if case .success(let reply) = reply, let digest = reply.text { scripts.loaded(script, digest: digest) }
        }
        guard let cluster else { return command(load, completion: loaded) }
        for server in cluster.connected {
            cluster.submit(ClusterOrder(words: load, route: .home, redirections: 0, completion: loaded), to: server)
        }
    }

    /// Runs a script as one atomic step.
    /// - Parameters:
    ///   - script: registered before, so that only its digest is sent; a Redis that does not have it gets the source.
    ///   - keys: `KEYS`: all of one hash tag.
    ///   - arguments: `ARGV`.
    ///   - completion: called once, on ``loop``.
    public func run(
        _ script: RedisScript, keys: [String], arguments: [RedisArgument], completion: @escaping Completion
    ) {
        guard let digest = scripts.digest(of: script) else {
            register(script)
            return command(Self.words("EVAL", script.source, keys, arguments), completion: completion)
        }
        command(Self.words("EVALSHA", digest, keys, arguments)) { reply in
            if case .failure(.refused(let text)) = reply, text.hasPrefix("NOSCRIPT") {
                self.command(Self.words("EVAL", script.source, keys, arguments), completion: completion)
            } else {
                completion(reply)
            }
        }
    }

    private static func words(
        _ command: RedisArgument, _ script: String, _ keys: [String], _ arguments: [RedisArgument]
    ) -> [RedisArgument] {
        var words: [RedisArgument] = []
        words.reserveCapacity(3 + keys.count + arguments.count)
        words.append(command)
        words.append(.text(script))
        words.append(.integer(keys.count))
        for key in keys { words.append(.text(key)) }
        words.append(contentsOf: arguments)
        return words
    }

    /// Runs a script as one atomic step and waits for its reply.
    /// - Parameters:
    ///   - script: registered before, so that only its digest is sent; a Redis that does not have it gets the source.
    ///   - keys: `KEYS`: all of one hash tag.
    ///   - arguments: `ARGV`.
    /// - Returns: the reply.
    /// - Throws: ``RedisError``; an error raised by the script is ``RedisError/refused(_:)``.
    public func run(
        _ script: RedisScript, keys: [String], arguments: [RedisArgument]
    ) async throws(RedisError) -> RedisReply {
        try await withCheckedContinuation { continuation in
            run(script, keys: keys, arguments: arguments) { continuation.resume(returning: $0) }
        }.get()
    }

    /// Publishes, and asks nothing back. Kept, or dropped and counted, while Redis cannot be reached.
    /// - Parameters:
    ///   - channel: where.
    ///   - payload: any bytes.
    public func publish(_ channel: String, _ payload: ByteBuffer) {
        guard let cluster else { return post("PUBLISH", channel, payload) }
        cluster.publish(["PUBLISH", .text(channel), .bytes(payload)])
    }

    /// Publishes one event on several channels; as one step, if it is appended to a journal.
    func publish(_ publications: [(channel: String, payload: ByteBuffer)]) {
        guard let cluster else { return post("PUBLISH", publications) }
        for (channel, payload) in publications { cluster.publish(["PUBLISH", .text(channel), .bytes(payload)]) }
    }

    /// Subscribes to a channel, now and after every reconnection.
    /// - Parameters:
    ///   - channel: its exact name.
    ///   - subscriber: replaces an earlier one of the same channel.
    public func subscribe(_ channel: String, _ subscriber: @escaping Subscriber) {
        onLoop { $0.subscriptions.subscribe(channel, subscriber) }
    }

    /// Subscribes to all channels that match a pattern, now and after every reconnection.
    /// - Parameters:
    ///   - pattern: a glob, as of `PSUBSCRIBE`.
    ///   - subscriber: replaces an earlier one of the same pattern.
    public func patternSubscribe(_ pattern: String, _ subscriber: @escaping Subscriber) {
        onLoop { $0.subscriptions.subscribe(pattern: pattern, subscriber) }
    }

    /// Ends a subscription.
    /// - Parameter name: the channel or the pattern.
    public func unsubscribe(_ name: String) {
        onLoop { $0.subscriptions.unsubscribe(name) }
    }

    /// Asks to be told about changes, and at once about the present state.
    /// - Parameter handler: called on ``loop``; ``RedisState/connected`` comes after everything has been subscribed
    ///   again and all scripts have been loaded.
    public func onStateChange(_ handler: @escaping @Sendable (RedisState) -> Void) {
        onLoop { $0.observe(handler) }
    }

    func wake() {
        onLoop { $0.drain(nil) }
    }

    func onLoop(_ body: @escaping @Sendable (ClientCore) -> Void) {
        loop.execute { [core] in body(core.value) }
    }
}
