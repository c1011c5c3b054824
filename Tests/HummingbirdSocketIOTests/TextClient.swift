import NIOCore
import NIOPosix
import NIOSSL

/// A client that sends text and reads until something appears in what comes back.
struct TextClient: Sendable {
    private let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// The server closed the connection before the text came; this is what came.
    struct Ended: Error {
        var received: String
    }

    /// Runs a conversation.
    /// - Parameters:
    ///   - port: port of this machine.
    ///   - tls: the client's side of TLS, if the server speaks it.
    ///   - body: sends with the first function; the second waits until a text has come, and gives what came up to its end.
    /// - Throws: what the conversation throws.
    static func run(
        port: Int, tls: NIOSSLContext? = nil,
        _ body: (
            _ send: (String) async throws -> Void, _ receive: (_ end: String) async throws -> String
        ) async throws -> Void
    ) async throws {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        let handler = try NIOSSLClientHandler(context: tls, serverHostname: "localhost")
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        try await channel.executeThenClose { inbound, outbound in
            var iterator = inbound.makeAsyncIterator()
            var received = ""
            try await body { text in
                try await outbound.write(ByteBuffer(string: text))
            } _: { end in
                while true {
                    if let range = received.firstRange(of: end) {
                        let text = String(received[..<range.upperBound])
                        received = String(received[range.upperBound...])
                        return text
                    }
                    guard let bytes = try await iterator.next() else { throw Ended(received: received) }
                    received += String(buffer: bytes)
                }
            }
        }
    }
}
