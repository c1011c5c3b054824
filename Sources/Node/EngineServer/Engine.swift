public import EngineIO
public import Logging
public import NIOCore
import Synchronization

/// An Engine.IO server: sessions over HTTP long-polling and WebSocket, mounted into an ``HTTPServer``.
///
/// Its sessions are sharded by event loop. A session lives on the loop of the connection that opened it, for good; its
/// id names the loop, so that polling requests and upgrades arriving on another loop find it. Such a visitor costs one
/// hop per request, a WebSocket on another loop one hop per read batch and per flush.
public final class Engine: Sendable {
    let configuration: EngineConfiguration
    let ids: SessionIDs
    let loops: [any EventLoop]
    let acceptor: any SessionAcceptor
    let logger: Logger
    /// Whether code of the application has to see the requests; asked with each of them.
    let hasHooks: Bool
    private let shards: [NIOLoopBoundBox<EngineShard>]
    private let figures: [ShardFigures]
    /// Handshakes by address, if they are limited; of all loops, since a client's connections are spread over them.
    private let handshakes: Mutex<AddressBuckets?>

    /// Creates an engine.
    /// - Parameters:
    ///   - configuration: valid settings (see ``EngineConfiguration/validate()``).
    ///   - nodeTag: the first 6 characters of every session id: letters, digits, `-` and `_`.
    ///   - loops: the event loops of the HTTP server, at most 64; the index of a loop is a session's shard.
    ///   - acceptor: the layer above, which gets the sessions.
    ///   - logger: where the engine reports to.
    public init(
        configuration: EngineConfiguration, nodeTag: String, loops: [any EventLoop], acceptor: any SessionAcceptor,
        logger: Logger
    ) {
        precondition((1...SessionIDs.alphabet.count).contains(loops.count), "between 1 and 64 event loops")
        self.configuration = configuration
        hasHooks = !configuration.hooks.isEmpty
        self.ids = SessionIDs(nodeTag: nodeTag)
        self.loops = loops
        self.acceptor = acceptor
        self.logger = logger
        handshakes = Mutex(
            configuration.handshakesPerAddress.map { AddressBuckets($0, capacity: Self.rememberedAddresses) })
        let ids = ids
        let figures = loops.map { _ in ShardFigures() }
        self.figures = figures
        self.shards = loops.indices.map { index in
            NIOLoopBoundBox.makeBoxSendingValue(
                EngineShard(
                    index: index, loop: loops[index], configuration: configuration, ids: ids, acceptor: acceptor,
                    figures: figures[index]),
                eventLoop: loops[index])
        }
    }

    /// How many sessions are open.
    public var sessionCount: Int {
        figures.reduce(0) { $0 + $1.sessionCount }
    }

    /// What the engine has done so far. Counters of messages may lag by one turn of an event loop.
    public var metrics: EngineMetrics {
        figures.reduce(into: EngineMetrics()) { $0.add($1.metrics) }
    }

    /// Closes all sessions and refuses new ones from now on (503). Calling it again does nothing.
    /// - Parameter reason: what the sessions' handlers are told.
    public func close(_ reason: CloseReason) async {
        for closing in startClosing(reason) { try? await closing.get() }
    }

    /// Does what ``close(_:)`` does.
    /// - Parameter reason: what the sessions' handlers are told.
    /// - Returns: when each shard has done it.
    func startClosing(_ reason: CloseReason) -> [EventLoopFuture<Void>] {
        zip(shards, loops).map { shard, loop in loop.submit { shard.value.close(reason) } }
    }

    /// The shard of the sessions that a loop's connections open.
    func home(of loop: any EventLoop) -> Int {
        loops.firstIndex { $0 === loop } ?? 0
    }

    /// The outbox of a connection's loop. Called on that loop.
    func outbox(on loop: any EventLoop) -> Outbox {
        guard let index = loops.firstIndex(where: { $0 === loop }) else { return Outbox(loop: loop) }
        return shards[index].value.outbox
    }

    /// What a WebSocket on a loop compresses by. Called on that loop.
    func compression(_ agreement: DeflateAgreement?, on loop: any EventLoop) -> WebSocketCompression? {
        guard let agreement, let settings = configuration.perMessageDeflate else { return nil }
        let compressors =
            loops.firstIndex { $0 === loop }.map { shards[$0].value.compressors } ?? Compressors(settings, http: nil)
        return WebSocketCompression(
            agreement, threshold: settings.threshold, maxMessageSize: configuration.maxPayload,
            compressors: compressors)
    }

    /// Counts a refused request.
    func countRefusal(_ error: HandshakeError, on shard: Int) {
        figures[shard].update {
            $0.refused += 1
            if error == .tooManyHandshakes { $0.handshakesLimited += 1 }
        }
    }

    /// Counts a handshake.
    /// - Parameter address: where it is from.
    /// - Returns: whether the address may open one more session now.
    func admitsHandshake(from address: @autoclosure () -> String) -> Bool {
        guard configuration.handshakesPerAddress != nil, let address = IPAddress(address()) else { return true }
        return handshakes.withLock { $0?.take(of: address, now: .now) } ?? true
    }

    /// Addresses that are remembered, 32 bytes each or so.
    private static let rememberedAddresses = 100_000

    /// A shard, if it lives on a connection's loop. Called on that loop.
    func shardHere(_ index: Int, _ loop: any EventLoop) -> EngineShard? {
        shards.withUnsafeBufferPointer { $0[index].eventLoop === loop ? $0[index].value : nil }
    }

    /// Runs a function with a shard, on the shard's loop: at once if that is the current one.
    func onShard(_ index: Int, _ body: @escaping @Sendable (EngineShard) -> Void) {
        let shard = shards[index]
        if loops[index].inEventLoop {
            body(shard.value)
        } else {
            loops[index].execute { body(shard.value) }
        }
    }
}
