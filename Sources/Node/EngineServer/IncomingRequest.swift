import NIOCore
import NIOHTTP1

/// A request while it is read and while it waits for those before it.
struct IncomingRequest {
    let head: HTTPRequestHead
    /// Where it goes; the responder if `nil`.
    let mount: Mount?
    private(set) var body = ByteBuffer()
    /// Whether all of it has come.
    var isComplete = false
    /// Whether its body is longer than its receiver takes.
    private(set) var isTooLarge: Bool
    /// The error to answer with instead of handling it.
    var refusal: HTTPResponseStatus?
    /// The session that knows that this request is being read.
    private var session: (engine: Engine, sessionID: String)?
    private var isAnnounced = false
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
        // RFC 9112, section 3.2.
        if head.version == .http1_1, head.headers["host"].count != 1 { refusal = .badRequest }
        // The decoder has refused lengths that are no numbers.
        let announced = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
        isTooLarge = announced > bodyLimit
    }

    /// Stands for input that was no request at all, so that the error leaves behind the answers still due.
    init(malformed limits: HTTPLimits) {
        self.init(head: HTTPRequestHead(version: .http1_0, method: .GET, uri: "/"), mount: nil, limits: limits)
    }

    /// Whether the client waits for our consent before it sends the body (RFC 9110, section 10.1.1).
    var awaitsContinue: Bool {
        head.version == .http1_1 && head.headers.first(name: "expect")?.lowercased() == "100-continue"
    }

    /// Whether the client wants another protocol. The decoder reads nothing behind such a request.
    var wantsUpgrade: Bool {
        if head.method == .CONNECT { return true }
        return head.headers.contains(name: "upgrade")
            && head.headers[canonicalForm: "connection"].contains {
                $0.lowercased() == "upgrade"
            }
    }

    /// The session that is to be told that this request's body is still to come, once. Most bodies come with their heads,
    /// so this is not asked before there is nothing more to read.
    ///
    /// Telling is left to the caller, who must not hold the request meanwhile: the session may end and answer another
    /// request of the same connection.
    mutating func announcement() -> (engine: Engine, sessionID: String)? {
        guard !isAnnounced, case .engine(let engine) = mount?.content else { return nil }
        isAnnounced = true
        session = engine.session(ofPost: head).map { (engine, $0) }
        return session
    }

    /// Takes an announcement back.
    func abort(on connection: Exchange.ConnectionID, isRefused: Bool) {
        if let session { session.engine.postAborted(session.sessionID, on: connection, isRefused: isRefused) }
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
