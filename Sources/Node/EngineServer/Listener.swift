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
    /// - Throws: what the channel's pipeline throws if the connection has gone already.
    func accept(_ channel: any Channel) throws {
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
            HTTPConnection(listener: self, decoder: decoder, remoteAddress: channel.remoteAddress?.ipAddress ?? ""))
    }

    /// The mount that serves a request target.
    func mount(for uri: String) -> Mount? {
        let path = uri.prefix { $0 != "?" }
        return mounts.first { $0.serves(path) }
    }
}

/// Tells a connection, as a user event, that the server goes down: it closes as soon as its requests are answered.
struct Draining: Sendable {}
