import NIOCore
import NIOHTTP1

/// A request while it is read and while it waits for those before it.
struct IncomingRequest {
    let head: HTTPRequestHead
    /// Where it goes; the responder if `nil`.
    let mount: Mount?
    private(set) var body = ByteBuffer()
    /// Whether its body is longer than its receiver takes.
    private(set) var isTooLarge: Bool
    /// The error to answer with instead of handling it.
    var refusal: HTTPResponseStatus?
    private let bodyLimit: Int

    /// A request of which the head has arrived.
    init(head: HTTPRequestHead, mount: Mount?, limits: HTTPLimits) {
        self.head = head
        self.mount = mount
        switch mount?.content {
        case .engine(let engine): bodyLimit = engine.configuration.maxPayload
        case .webSocketEcho: bodyLimit = 0
        case nil: bodyLimit = limits.maxBodyBytes
        }
        // The decoder has refused lengths that are no numbers.
        let announced = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
        isTooLarge = announced > bodyLimit
    }

    /// Stands for input that was no request at all, so that the error leaves behind the answers still due.
    init(malformed limits: HTTPLimits) {
        self.init(head: HTTPRequestHead(version: .http1_1, method: .GET, uri: "/"), mount: nil, limits: limits)
    }

    /// Whether the client waits for our consent before it sends the body (RFC 9110, section 10.1.1).
    var awaitsContinue: Bool {
        head.version == .http1_1 && head.headers.first(name: "expect")?.lowercased() == "100-continue"
    }

    /// Whether the client wants another protocol. The decoder reads nothing behind such a request.
    var wantsUpgrade: Bool {
        head.headers.contains(name: "upgrade")
            && head.headers[canonicalForm: "connection"].contains {
                $0.lowercased() == "upgrade"
            }
    }

    /// Takes a part of the body, unless it goes over the limit.
    mutating func append(_ bytes: ByteBuffer) {
        guard bytes.readableBytes <= bodyLimit - body.readableBytes else {
            isTooLarge = true
            return
        }
        if body.readableBytes == 0 { body = bytes } else { body.writeImmutableBuffer(bytes) }
    }
}
