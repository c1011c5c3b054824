import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Writes to the socket of a channel past the channel: one `send(2)`, where SwiftNIO's way of a write takes thousands of
/// instructions around the system call (Documentation/Performance.md, *What a WebSocket message costs*).
///
/// It is for connections in whose pipeline nothing has to see the bytes, neither TLS nor handlers of others. What the
/// socket does not take goes by the channel, and so does what follows until the channel has nothing left: back-pressure,
/// errors and the order of bytes are the channel's business as before. Confined to the channel's loop.
///
/// The descriptor is the channel's. It may be used as long as the channel has not closed it; afterwards its number may
/// belong to another connection. `isActive` tells exactly: a channel that closes lets go of its descriptor and ceases to be
/// active in one go, on its loop, before it completes a promise or tells a handler (`BaseSocketChannel.close0` of SwiftNIO
/// marks the place where it may call out again). So there is no moment in which this code could run, the channel were
/// active and the descriptor closed.
struct SocketWriter {
    private enum Socket {
        /// Not asked for yet: with the first write.
        case unknown
        case known(NIOBSDSocket.Handle)
        case missing
    }

    private var socket = Socket.unknown
    /// Whether the channel may still have bytes, which go first.
    private var isBehindChannel = false

    /// The channel was, or is about to be, given bytes: what is left of those here, or others.
    mutating func channelWrites() {
        isBehindChannel = true
    }

    /// Sends as many bytes as the socket takes now.
    ///
    /// None are taken if the channel has bytes that go first, if it is closed, or upon an error: the channel meets the same
    /// error with them and ends the connection.
    /// - Parameters:
    ///   - bytes: the bytes; what is left of them has to be given to the channel.
    ///   - context: a handler in the channel.
    ///   - isLast: whether the channel, or its direction to the client, is closed right behind this. The system then lets
    ///     the bytes wait for that and sends them and the end as one segment: a segment takes it as long as a tenth of what a
    ///     WebSocket session that comes and goes takes in all.
    mutating func send(_ bytes: inout ByteBuffer, past context: ChannelHandlerContext, isLast: Bool = false) {
        let channel = context.channel
        guard channel.isActive, let socket = find(channel), !isBehindChannel || Self.isEmpty(channel) else { return }
        isBehindChannel = false
        let flags = Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL) | (isLast ? Int32(MSG_MORE) : 0)
        let count = bytes.withUnsafeReadableBytes { Self.send($0, to: socket, flags) }
        bytes.moveReaderIndex(forwardBy: count)
    }

    private mutating func find(_ channel: any Channel) -> NIOBSDSocket.Handle? {
        switch socket {
        case .known(let handle): return handle
        case .missing: return nil
        case .unknown:
            let core = channel._channelCore as? any NIOTransportAccessibleChannelCore
            let handle = core.flatMap { Self.handle(of: $0) }
            socket = handle.map(Socket.known) ?? .missing
            return handle
        }
    }

    /// What `withUnsafeTransportIfAvailable` of the pipeline does, but for a cast to a protocol with its associated type,
    /// which takes 14,000 instructions.
    private static func handle(of core: some NIOTransportAccessibleChannelCore) -> NIOBSDSocket.Handle? {
        try? core.withUnsafeTransport { $0 as? NIOBSDSocket.Handle }
    }

    /// - Returns: how many bytes the socket took.
    private static func send(
        _ bytes: UnsafeRawBufferPointer, to socket: NIOBSDSocket.Handle, _ flags: Int32
    ) -> Int {
        while true {
            let count = sendNow(bytes, to: socket, flags)
            if count >= 0 { return count }
            guard errno == EINTR else { return 0 }
        }
    }

    private static func sendNow(
        _ bytes: UnsafeRawBufferPointer, to socket: NIOBSDSocket.Handle, _ flags: Int32
    ) -> Int {
        #if canImport(Glibc)
        Glibc.send(socket, bytes.baseAddress, bytes.count, flags)
        #elseif canImport(Musl)
        Musl.send(socket, bytes.baseAddress, bytes.count, flags)
        #endif
    }

    /// Whether a channel has handed everything to the system that was written to it, flushed or not.
    private static func isEmpty(_ channel: any Channel) -> Bool {
        (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) == 0
    }
}
