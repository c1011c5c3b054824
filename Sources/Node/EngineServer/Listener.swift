import EngineIO
import HTTPCodec
import Logging
import NIOCore
import Synchronization

/// What all connections of one ``HTTPServer`` share. A new connection goes through up to three stages: the header of the
/// PROXY protocol, the TLS handshake, HTTP.
final class Listener: Sendable {
    let mounts: [Mount]
    let responder: (any HTTPResponder)?
    let limits: HTTPLimits
    /// ``HTTPLimits/keepAliveTimeout`` in the unit of event loops: every answer needs it.
    let keepAliveTimeout: TimeAmount
    /// ``HTTPLimits/headTimeout`` likewise.
    let headTimeout: TimeAmount
    let logger: Logger
    /// Whether what connections write is what their sockets get: without TLS, and with no handlers but our own.
    let isPlain: Bool
    private let proxyProtocol: Bool
    private let tls: TLSIdentity?
    private let state = Mutex(State())
    /// What the connections of each event loop share.
    private let loops = Mutex<[ObjectIdentifier: NIOLoopBoundBox<ListenerLoop>]>([:])

    private struct State {
        var open: [ObjectIdentifier: any Channel] = [:]
        /// Connections by address, if they are limited.
        var ofAddress: [IPAddress: Int] = [:]
        var metrics = ListenerMetrics()
    }

    init(
        _ configuration: ListenerConfiguration, mounts: [Mount], responder: (any HTTPResponder)?, logger: Logger
    ) {
        self.mounts = mounts
        self.responder = responder
        self.limits = configuration.limits
        keepAliveTimeout = TimeAmount(limits.keepAliveTimeout)
        headTimeout = TimeAmount(limits.headTimeout)
        self.proxyProtocol = configuration.proxyProtocol
        self.tls = configuration.tls
        isPlain = configuration.tls == nil
        self.logger = logger
    }

    /// What the connections share that another server accepts.
    init(mounts: [Mount], limits: HTTPLimits, logger: Logger) {
        self.mounts = mounts
        responder = nil
        self.limits = limits
        keepAliveTimeout = TimeAmount(limits.keepAliveTimeout)
        headTimeout = TimeAmount(limits.headTimeout)
        isPlain = false
        proxyProtocol = false
        tls = nil
        self.logger = logger
    }

    /// The connections that are open now, WebSocket connections included.
    var channels: [any Channel] {
        state.withLock { Array($0.open.values) }
    }

    /// What has been done so far.
    var metrics: ListenerMetrics {
        state.withLock { state in
            state.metrics.connections = state.open.count
            return state.metrics
        }
    }

    /// Where a request goes: to what is mounted at its path, with or without the final slash.
    /// - Parameter head: the request.
    /// - Returns: the index of the mount, and the longest body that it takes, in bytes; the responder's if there is none.
    func mount(for head: RequestHead) -> (index: Int?, bodyLimit: Int) {
        let mounts = mounts
        // By the span, which copies no mount to look at it.
        let span = mounts.span
        for index in span.indices where head.hasPath(span[index].path) { return (index, span[index].bodyLimit) }
        return (nil, limits.maxBodyBytes)
    }

    /// How large the heads of requests may be.
    var headLimits: HeadLimits {
        HeadLimits(
            lineBytes: limits.maxHeaderBytes, fieldBytes: limits.maxHeaderBytes, fieldCount: limits.maxHeaderFields)
    }

    /// What a loop's connections share. Called on that loop.
    private func shared(on loop: any EventLoop) -> ListenerLoop {
        let box = loops.withLock { loops in
            if let box = loops[ObjectIdentifier(loop)] { return box }
            let box = NIOLoopBoundBox.makeBoxSendingValue(ListenerLoop(loop), eventLoop: loop)
            loops[ObjectIdentifier(loop)] = box
            return box
        }
        return box.value
    }

    // MARK: Stages of a connection, on its event loop

    /// Prepares an accepted connection.
    func accept(_ channel: any Channel) {
        guard admit(channel) else { return }
        let peer = Peer(channel.remoteAddress)
        if proxyProtocol {
            add([ProxyHeaderReader(listener: self, peer: peer)], to: channel)
        } else {
            serve(channel, peer: peer)
        }
    }

    /// Serves a connection that another server accepted, and secured if it is secure.
    /// - Parameters:
    ///   - channel: the connection.
    ///   - peer: who it is from.
    ///   - others: adds the handlers for requests that belong to no mount.
    func serve(_ channel: any Channel, peer: Peer, others: @escaping HTTPPipeline.Others) {
        guard admit(channel) else { return }
        guard count(channel, of: peer) else {
            forget(channel)
            return cut(channel, .tooManyOfAddress)
        }
        addHTTP(to: channel, peer: peer, others: others)
    }

    /// Counts a connection, until it is closed: whichever handler it has then forgets it.
    /// - Returns: whether there is room for it; else it has been cut.
    private func admit(_ channel: any Channel) -> Bool {
        let key = ObjectIdentifier(channel)
        let isWelcome = state.withLock { state in
            state.metrics.accepted += 1
            guard state.open.count < limits.maxConnections else { return false }
            state.open[key] = channel
            return true
        }
        if !isWelcome { cut(channel, .tooManyConnections) }
        return isWelcome
    }

    /// Does not count a connection any more.
    private func forget(_ channel: any Channel) {
        state.withLock { _ = $0.open.removeValue(forKey: ObjectIdentifier(channel)) }
    }

    /// Told by every handler of a connection that leaves its pipeline, be it that it gives way to the next one or that the
    /// connection is closed. (A callback of the channel's `closeFuture` would be 96 bytes for each connection.)
    func forgetIfClosed(_ channel: any Channel) {
        if !channel.isActive { forget(channel) }
    }

    /// Serves a connection now that it is known who it is from.
    /// - Returns: whether it is served; else it has been cut.
    @discardableResult
    func serve(_ channel: any Channel, peer: Peer) -> Bool {
        guard count(channel, of: peer) else {
            forget(channel)
            cut(channel, .tooManyOfAddress)
            return false
        }
        guard let tls else {
            addHTTP(to: channel, peer: peer)
            return true
        }
        add([tls.handler(), TLSHandshakeWatch(listener: self, peer: peer)], to: channel)
        return true
    }

    /// Begins with HTTP.
    func addHTTP(to channel: any Channel, peer: Peer, others: HTTPPipeline.Others? = nil) {
        let shared = shared(on: channel.eventLoop)
        add([HTTPConnection(listener: self, peer: peer, shared: shared, others: others)], to: channel)
    }

    /// Closes a connection and counts why.
    func cut(_ channel: any Channel, _ reason: CutReason) {
        countCut(reason)
        channel.close(promise: nil)
    }

    /// Counts a connection that is closed by other means.
    func countCut(_ reason: CutReason) {
        state.withLock { $0.metrics.cut[reason, default: 0] += 1 }
    }

    private func add(_ handlers: [any ChannelHandler], to channel: any Channel) {
        do {
            try channel.pipeline.syncOperations.addHandlers(handlers)
        } catch {
            // A connection that has gone already takes no handlers.
            forget(channel)
            channel.close(promise: nil)
        }
    }

    /// Counts a connection of an address, until it is closed.
    /// - Returns: whether the address may have it.
    private func count(_ channel: any Channel, of peer: Peer) -> Bool {
        guard let limit = limits.connectionsPerAddress, let site = IPAddress(peer.address)?.site else { return true }
        let isWelcome = state.withLock { state in
            guard state.ofAddress[site, default: 0] < limit else { return false }
            state.ofAddress[site, default: 0] += 1
            return true
        }
        guard isWelcome else { return false }
        channel.closeFuture.whenComplete { [self] _ in
            state.withLock { state in
                let left = state.ofAddress[site, default: 1] - 1
                state.ofAddress[site] = left > 0 ? left : nil
            }
        }
        return true
    }

    // MARK: The end

    /// Closes the sessions, and every connection as soon as its requests are answered; cuts what is left in the end.
    /// - Parameter loop: any event loop.
    /// - Returns: when all connections are closed.
    func drain(on loop: any EventLoop) -> EventLoopFuture<Void> {
        closeSessions(on: loop).flatMap { [self] in closeConnections(on: loop) }
    }

    /// Closes the sessions of the engines.
    /// - Parameter loop: any event loop.
    /// - Returns: when they are closed and their handlers have been told.
    func closeSessions(on loop: any EventLoop) -> EventLoopFuture<Void> {
        let closings = mounts.flatMap { mount -> [EventLoopFuture<Void>] in
            if case .engine(let engine) = mount.content { engine.startClosing(.serverShuttingDown) } else { [] }
        }
        return EventLoopFuture.andAllComplete(closings, on: loop)
    }

    /// Closes every connection as soon as its requests are answered; cuts what is left in the end.
    /// - Parameter loop: any event loop.
    /// - Returns: when all connections are closed.
    func closeConnections(on loop: any EventLoop) -> EventLoopFuture<Void> {
        let channels = channels
        // Connections see it as a user event.
        for channel in channels { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
        let cut = loop.scheduleTask(in: TimeAmount(limits.shutdownTimeout)) {
            for channel in channels { channel.close(promise: nil) }
        }
        return EventLoopFuture.andAllComplete(channels.map(\.closeFuture), on: loop).always { _ in cut.cancel() }
    }
}
