import NIOCore
import NIOHTTP1

/// An answer the gateway gives itself. All that a client can be told by the gateway is in this file.
struct LocalAnswer: Sendable {
    let status: HTTPResponseStatus
    /// JSON, as the reference server answers errors; empty for answers that no Engine.IO client waits for.
    let body: String
    let failure: Counters.Failure

    /// No live node has the session. The client reconnects at once, with a new session.
    static let unknownSession = LocalAnswer(
        status: .badRequest, body: #"{"code":1,"message":"Session ID unknown"}"#, failure: .unknownSession)
    /// No node takes the request. The client tries again after its back-off.
    static let unavailable = LocalAnswer(
        status: .serviceUnavailable, body: #"{"message":"No node available"}"#, failure: .noNode)
    /// The node broke off before it answered. The client reconnects.
    static let badGateway = LocalAnswer(
        status: .badGateway, body: #"{"message":"Node failed"}"#, failure: .nodeFailed)
    /// The node did not answer in time. The client reconnects.
    static let gatewayTimeout = LocalAnswer(
        status: .gatewayTimeout, body: #"{"message":"Node timed out"}"#, failure: .nodeTimeout)
    /// The request is malformed. The connection is closed after it.
    static let badRequest = LocalAnswer(
        status: .badRequest, body: #"{"code":3,"message":"Bad request"}"#, failure: .badRequest)
    /// The request line or the headers are too large. The connection is closed after it.
    static let headTooLarge = LocalAnswer(status: .requestHeaderFieldsTooLarge, body: "", failure: .headTooLarge)
    /// The body is too large. The connection is closed after it.
    static let bodyTooLarge = LocalAnswer(status: .payloadTooLarge, body: "", failure: .bodyTooLarge)
    /// The request did not come in time. The connection is closed after it.
    static let requestTimeout = LocalAnswer(status: .requestTimeout, body: "", failure: .clientTimeout)
    /// The gateway does not open connections to others. The connection is closed after it.
    static let methodNotAllowed = LocalAnswer(status: .methodNotAllowed, body: "", failure: .badRequest)

    /// The head of the answer.
    ///
    /// A browser may see an answer of another origin only with permission. The bodies above are the same for everyone,
    /// so any origin may see them, whatever the nodes allow; else the page would see a network error in their place.
    /// - Parameters:
    ///   - origin: the request's `Origin`.
    ///   - keepAlive: whether the connection stays open.
    /// - Returns: the head to send.
    func head(origin: String?, keepAlive: Bool) -> HTTPResponseHead {
        var headers = HTTPHeaders()
        if !body.isEmpty { headers.add(name: "Content-Type", value: "application/json") }
        headers.add(name: "Content-Length", value: String(body.utf8.count))
        if let origin {
            headers.add(name: "Access-Control-Allow-Origin", value: origin)
            headers.add(name: "Access-Control-Allow-Credentials", value: "true")
            headers.add(name: "Vary", value: "Origin")
        }
        if !keepAlive { headers.add(name: "Connection", value: "close") }
        return HTTPResponseHead(version: .http1_1, status: status, headers: headers)
    }
}
