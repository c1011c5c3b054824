import HTTPCodec
import NIOCore
import NIOHTTP1

/// A request while it is read and while it waits for those before it. Idle connections have none.
final class IncomingRequest {
    /// `nil` if this is input that was no request, so that the error leaves behind the answers still due.
    let head: RequestHead?
    /// The index of the mount that it goes to; the responder if `nil`.
    let mount: Int?
    /// `nil` if there is none: the empty buffer is an object that all event loops share.
    private(set) var body: ByteBuffer?
    /// Whether all of it has come.
    var isComplete = false
    /// Whether its body is longer than its receiver takes.
    private(set) var isTooLarge: Bool
    /// The error to answer with instead of handling it.
    var refusal: HTTPResponseStatus?
    /// Whether it is known that its body is still to come.
    private(set) var isAnnounced = false
    /// The session that knows that this request is being read.
    private var post: (engine: Engine, session: SessionAddress)?
    private let bodyLimit: Int

    /// A request of which the head has arrived.
    /// - Parameters:
    ///   - head: the head.
    ///   - mount: where it goes.
    init(head: RequestHead, mount: (index: Int?, bodyLimit: Int)) {
        self.head = head
        (self.mount, bodyLimit) = mount
        if case .length(let announced) = head.framing { isTooLarge = announced > bodyLimit } else { isTooLarge = false }
    }

    /// Stands for input that was no request.
    /// - Parameter refusal: what it is answered with.
    init(malformed refusal: HTTPResponseStatus) {
        head = nil
        mount = nil
        bodyLimit = 0
        isTooLarge = false
        self.refusal = refusal
    }

    /// Remembers that the body is still to come. Most bodies come with their heads, so this is not asked before there is
    /// nothing more to read.
    ///
    /// Telling the session is left to the caller.
    /// - Parameter mounts: what is mounted.
    /// - Returns: the session that is to be told, if it is one's.
    func announce(_ mounts: [Mount]) -> (engine: Engine, session: SessionAddress)? {
        isAnnounced = true
        guard let head, let mount, case .engine(let engine) = mounts[mount].content else { return nil }
        post = engine.session(ofPost: head).map { (engine, $0) }
        return post
    }

    /// Takes an announcement back.
    func abort(on connection: Exchange.ConnectionID, isRefused: Bool) {
        if let post { post.engine.postAborted(post.session, on: connection, isRefused: isRefused) }
    }

    /// Takes a part of the body, unless it goes over the limit.
    func append(_ bytes: consuming ByteBuffer) {
        guard bytes.readableBytes <= bodyLimit - (body?.readableBytes ?? 0) else {
            isTooLarge = true
            return
        }
        if body == nil { body = consume bytes } else { body?.writeImmutableBuffer(bytes) }
    }
}

extension HTTPRequestHead {
    /// A head as responders and other servers get it.
    init(_ head: RequestHead) {
        var headers = HTTPHeaders()
        headers.reserveCapacity(head.fields.count)
        for (name, value) in head.fields.strings { headers.add(name: name, value: value) }
        self.init(
            version: head.minorVersion == 0 ? .http1_0 : .http1_1, method: HTTPMethod(rawValue: head.methodText),
            uri: head.target, headers: headers)
    }
}
