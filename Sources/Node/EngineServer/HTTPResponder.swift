public import NIOCore
public import NIOHTTP1

/// Answers the requests that belong to no mount of an ``HTTPServer``, for example health checks and pages.
public protocol HTTPResponder: Sendable {
    /// Answers one request. It runs in a task of its own, which is cancelled when the client goes away.
    /// - Parameter request: the complete request.
    /// - Returns: the complete response.
    func respond(to request: HTTPServerRequest) async -> HTTPServerResponse
}

/// A complete HTTP request.
public struct HTTPServerRequest: Sendable {
    /// Method, target, version and header fields.
    public var head: HTTPRequestHead
    /// The body, no longer than ``HTTPLimits/maxBodyBytes``.
    public var body: ByteBuffer
    /// Address of the TCP peer, or of the client that the PROXY protocol named, without port; empty over a unix socket.
    public var remoteAddress: String
    /// Whether the connection is secured by TLS.
    public var isSecure: Bool

    /// Creates a request.
    public init(
        head: HTTPRequestHead, body: ByteBuffer = ByteBuffer(), remoteAddress: String, isSecure: Bool = false
    ) {
        self.head = head
        self.body = body
        self.remoteAddress = remoteAddress
        self.isSecure = isSecure
    }
}

/// A complete HTTP response. The server adds `content-length` and `connection`, and leaves the body out for `HEAD`.
public struct HTTPServerResponse: Sendable {
    /// The status.
    public var status: HTTPResponseStatus
    /// Header fields.
    public var headers: HTTPHeaders
    /// The body.
    public var body: ByteBuffer

    /// Creates a response.
    public init(status: HTTPResponseStatus, headers: HTTPHeaders = [:], body: ByteBuffer = ByteBuffer()) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
