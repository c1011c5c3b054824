import EngineIO
import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// What all connections of one ``HTTPServer`` share.
final class Listener: Sendable {
    let mounts: [Mount]
    let responder: (any HTTPResponder)?
    let limits: HTTPLimits
    let logger: Logger
    private let open = Mutex<[ObjectIdentifier: any Channel]>([:])

    init(mounts: [Mount], responder: (any HTTPResponder)?, limits: HTTPLimits, logger: Logger) {
        self.mounts = mounts
        self.responder = responder
        self.limits = limits
        self.logger = logger
    }

    /// The connections that are open now, WebSocket connections included.
    var channels: [any Channel] {
        open.withLock { Array($0.values) }
    }

    /// Prepares an accepted connection. Called on its event loop.
    /// - Parameters:
    ///   - channel: the connection.
    ///   - others: adds the handlers for requests that belong to no mount, if another server answers them.
    /// - Throws: what the channel's pipeline throws if the connection has gone already.
    func accept(_ channel: any Channel, others: HTTPPipeline.Others? = nil) throws {
        let key = ObjectIdentifier(channel)
        let isWelcome = open.withLock { open in
            guard open.count < limits.maxConnections else { return false }
            open[key] = channel
            return true
        }
        guard isWelcome else { return channel.close(promise: nil) }
        channel.closeFuture.whenComplete { [self] _ in
            open.withLock { _ = $0.removeValue(forKey: key) }
        }
        var bounds = NIOHTTPDecoderLimitConfiguration()
        bounds.maxHeaderFieldSize = limits.maxHeaderBytes
        bounds.maxHeaderListSize = limits.maxHeaderBytes
        bounds.maxHeaderFieldCount = limits.maxHeaderFields
        let decoder = ByteToMessageHandler(
            HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: bounds))
        try channel.pipeline.syncOperations.addHandler(decoder)
        try channel.pipeline.syncOperations.addHandler(
            HTTPConnection(
                listener: self, decoder: decoder, remoteAddress: channel.remoteAddress?.ipAddress ?? "", others: others))
    }

    /// Closes the sessions, and every connection as soon as its requests are answered; cuts what is left in the end.
    /// - Parameter loop: any event loop.
    /// - Returns: when all connections are closed.
    func drain(on loop: any EventLoop) -> EventLoopFuture<Void> {
        let closings = mounts.flatMap { mount -> [EventLoopFuture<Void>] in
            if case .engine(let engine) = mount.content { engine.startClosing(.serverShuttingDown) } else { [] }
        }
        return EventLoopFuture.andAllComplete(closings, on: loop).flatMap { [self] in
            let channels = channels
            // Connections see it as a user event.
            for channel in channels { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
            let cut = loop.scheduleTask(in: TimeAmount(limits.shutdownTimeout)) {
                for channel in channels { channel.close(promise: nil) }
            }
            return EventLoopFuture.andAllComplete(channels.map(\.closeFuture), on: loop).always { _ in cut.cancel() }
        }
    }

    /// The mount that serves a request target.
    func mount(for uri: String) -> Mount? {
        let path = uri.prefix { $0 != "?" }
        return mounts.first { $0.serves(path) }
    }
}

