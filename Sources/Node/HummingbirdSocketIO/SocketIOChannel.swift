import EngineServer
public import HummingbirdCore
public import Logging
public import NIOCore
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// The connections of a Hummingbird server that speaks Socket.IO under some paths: what belongs there is answered by an
/// engine, on the event loop and without a task per request; everything else goes to Hummingbird's responder, bodies
/// streamed in both directions.
///
/// Hummingbird keeps a task for every connection, so that an idle WebSocket costs some 3 KB more than in an `HTTPServer`.
///
/// Made by `HTTPServerBuilder.socketIO`.
public struct SocketIOChannel: HTTPChannelHandler {
    /// A connection.
    public struct Value: ServerChildChannelValue {
        /// The connection's channel.
        public let channel: any Channel
        /// What Hummingbird reads and writes; `nil` if the connection ended without a request for it.
        fileprivate let others: EventLoopFuture<NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>?>
    }

    /// Hummingbird's responder.
    public let responder: HTTPChannelHandler.Responder
    private let pipeline: HTTPPipeline

    init(_ pipeline: HTTPPipeline, responder: @escaping HTTPChannelHandler.Responder) {
        self.pipeline = pipeline
        self.responder = responder
    }

    /// Prepares a connection. Called on its event loop.
    /// - Parameters:
    ///   - channel: the connection's channel.
    ///   - logger: Hummingbird's logger.
    /// - Returns: the connection.
    public func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let others = channel.eventLoop.makePromise(of: NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>?.self)
            channel.closeFuture.whenComplete { _ in others.succeed(nil) }
            try pipeline.add(to: channel) { channel in
                try channel.pipeline.syncOperations.addHandler(HTTP1ToHTTPServerCodec(secure: false))
                others.succeed(
                    try NIOAsyncChannel(
                        wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
                )
            }
            return Value(channel: channel, others: others.futureResult)
        }
    }

    /// Answers the requests of a connection that belong to Hummingbird, until it is closed.
    /// - Parameters:
    ///   - value: the connection.
    ///   - logger: Hummingbird's logger.
    public func handle(value: Value, logger: Logger) async {
        let others = await withTaskCancellationHandler {
            try? await value.others.get()
        } onCancel: {
            value.channel.close(promise: nil)
        }
        guard let others else { return }
        await handleHTTP(asyncChannel: others, logger: logger)
    }
}
