import Glibc
import NIOCore
import Routing

/// An upgraded connection on its way from the event loop, which spoke HTTP with both sides, to the ``TunnelLoop``.
///
/// It takes one turn of the loop, in which the decoders hand over what they hold, unless the client is slow to take the
/// answer to its upgrade.
final class Handover {
    let node: NodeID
    let clientSide = HandoverSide()
    let nodeSide = HandoverSide()
    private let shard: Shard
    private var deadline: Scheduled<Void>?
    private var isOver = false

    init(node: NodeID, shard: Shard) {
        self.node = node
        self.shard = shard
    }

    /// Both sides are in their pipelines.
    func start() {
        clientSide.join(self)
        nodeSide.join(self)
        // The decoders leave later in this tick and hand over the bytes they hold.
        shard.eventLoop.assumeIsolated().execute {
            self.clientSide.whenWritten { self.depart() }
            guard !self.isOver else { return }
            let patience = TimeAmount(self.shard.gateway.configuration.clients.bodyTimeout)
            self.deadline = self.shard.eventLoop.assumeIsolated().scheduleTask(in: patience) { self.close() }
        }
    }

    private func depart() {
        guard !isOver else { return }
        guard let client = clientSide.socket else { return close() }
        guard let node = nodeSide.socket else {
            Glibc.close(client)
            return close()
        }
        finish()
        let departure = Departure(
            node: self.node, client: client, nodeSocket: node, fromClient: clientSide.bytes, fromNode: nodeSide.bytes)
        // The channels close descriptors of their own; those of the departure keep the sockets open.
        clientSide.close()
        nodeSide.close()
        shard.departed(self, departure)
    }

    /// Gives up: closes both sides.
    func close() {
        guard !isOver else { return }
        finish()
        clientSide.close()
        nodeSide.close()
        shard.gaveUp(self)
    }

    private func finish() {
        isOver = true
        deadline?.cancel()
        deadline = nil
    }
}

/// One side of a connection that leaves the event loop: keeps what is still read of it.
final class HandoverSide: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What was read and not passed on.
    private(set) var bytes = ByteBuffer()
    private var handover: Handover?
    private var context: ChannelHandlerContext?

    /// Reads no more: what comes from now on is read by the tunnel. So is an end that was read already, which without the
    /// second option would close the channel.
    func join(_ handover: Handover) {
        self.handover = handover
        // Throws when the channel is closed, and then there is nothing to read.
        try? context?.channel.syncOptions?.setOption(.autoRead, value: false)
        try? context?.channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
    }

    /// A second descriptor of the socket, which the caller owns; `nil` if the channel is closed or there is none left.
    var socket: Int32? {
        let copy = try? context?.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) {
            fcntl($0, F_DUPFD_CLOEXEC, 0)
        }
        guard let copy, copy >= 0 else { return nil }
        return copy
    }

    /// Calls back when everything that was written is sent, or cannot be.
    func whenWritten(_ body: @escaping () -> Void) {
        guard let context else { return body() }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).assumeIsolated().whenComplete { _ in body() }
    }

    func close() {
        context?.close(promise: nil)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        handover?.close()
        handover = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var more = unwrapInboundIn(data)
        bytes.writeBuffer(&more)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
