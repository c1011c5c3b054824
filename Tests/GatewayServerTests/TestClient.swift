import NIOCore
import NIOPosix
import Synchronization

/// A client that sends and receives bytes as they are.
actor TestClient {
    struct Answer: Sendable {
        let status: Int
        /// Names in lower case.
        let headers: [String: String]
        let body: String
    }

    let channel: any Channel
    private let stream: AsyncStream<ByteBuffer>
    private var received = ""
    private(set) var isClosed = false

    /// Connects; without `reads` it reads nothing until `startReading`.
    init(port: Int, reads: Bool = true) async throws {
        let (stream, continuation) = AsyncStream.makeStream(of: ByteBuffer.self)
        self.stream = stream
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: reads)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.socketOption(.so_rcvbuf), value: 65_536)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Inbox(continuation))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
    }

    nonisolated func send(_ text: String) async throws {
        try await channel.writeAndFlush(ByteBuffer(string: text))
    }

    /// Sends a request with a `Host` and reads the answer.
    func request(_ line: String, headers: String = "", body: String = "") async throws -> Answer {
        let length = body.isEmpty ? "" : "Content-Length: \(body.utf8.count)\r\n"
        try await send("\(line) HTTP/1.1\r\nHost: test\r\n\(headers)\(length)\r\n\(body)")
        return try await answer(to: String(line.prefix { $0 != " " }))
    }

    func startReading() async throws {
        try await channel.setOption(.autoRead, value: true).get()
    }

    func close() async {
        try? await channel.close()
    }

    /// Takes what came up to and with a text.
    func take(through text: String) async throws -> String {
        while true {
            if let range = received.utf8Range(of: text) {
                defer { received = String(received.utf8[range.upperBound...]) ?? "" }
                return String(received.utf8[..<range.upperBound]) ?? ""
            }
            try await receiveMore()
        }
    }

    /// Takes a number of bytes.
    func take(_ count: Int) async throws -> String {
        while received.utf8.count < count { try await receiveMore() }
        let end = received.utf8.index(received.utf8.startIndex, offsetBy: count)
        defer { received = String(received.utf8[end...]) ?? "" }
        return String(received.utf8[..<end]) ?? ""
    }

    /// Everything until the other side ends.
    func rest() async -> String {
        while !isClosed { try? await receiveMore() }
        defer { received = "" }
        return received
    }

    /// Counts and forgets bytes, for bodies too large to keep.
    func discard(_ count: Int) async throws {
        var left = count - received.utf8.count
        received = ""
        for await buffer in stream {
            left -= buffer.readableBytes
            if left <= 0 { return }
        }
        throw ChannelError.inputClosed
    }

    func answer(to method: String = "GET") async throws -> Answer {
        let lines = try await take(through: "\r\n\r\n").split(separator: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let pair = line.split(separator: ":", maxSplits: 1)
            headers[pair[0].lowercased()] = pair.count == 2 ? String(pair[1].drop { $0 == " " }) : ""
        }
        let status = lines.first.flatMap { Int($0.dropFirst(9).prefix(3)) } ?? 0
        var body = ""
        if method != "HEAD", status >= 200 {
            if let length = headers["content-length"].flatMap({ Int($0) }) {
                body = try await take(length)
            } else if headers["transfer-encoding"] == "chunked" {
                body = try await chunks()
            }
        }
        return Answer(status: status, headers: headers, body: body)
    }

    private func chunks() async throws -> String {
        var body = ""
        while true {
            let size = try await take(through: "\r\n").dropLast()
            let count = Int(size, radix: 16) ?? 0
            body += try await take(count)
            _ = try await take(through: "\r\n")
            if count == 0 { return body }
        }
    }

    private func receiveMore() async throws {
        var iterator = stream.makeAsyncIterator()
        guard let buffer = await iterator.next() else {
            isClosed = true
            throw ChannelError.inputClosed
        }
        received += String(buffer: buffer)
    }
}

private final class Inbox: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let continuation: AsyncStream<ByteBuffer>.Continuation

    init(_ continuation: AsyncStream<ByteBuffer>.Continuation) {
        self.continuation = continuation
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        continuation.yield(unwrapInboundIn(data))
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent { continuation.finish() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        continuation.finish()
    }
}

extension String {
    fileprivate func utf8Range(of text: String) -> Range<String.UTF8View.Index>? {
        var start = utf8.startIndex
        while let first = text.utf8.first, let index = utf8[start...].firstIndex(of: first) {
            if utf8[index...].starts(with: text.utf8) {
                return index..<utf8.index(index, offsetBy: text.utf8.count)
            }
            start = utf8.index(after: index)
        }
        return nil
    }
}
