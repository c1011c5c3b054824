import HTTPCodec
import NIOHTTP1

/// What a proxy changes in the heads of requests and answers (RFC 9110, section 7.6).
enum ForwardedHeaders {
    /// The head that goes to the node.
    /// - Parameters:
    ///   - head: as the client sent it.
    ///   - address: the client's address.
    ///   - isUpgrade: whether it asks for a WebSocket.
    ///   - trusted: whether `X-Forwarded-Proto` and `-Host` of the client are kept.
    /// - Returns: the head to send.
    static func request(
        _ head: RequestHead, from address: String, isUpgrade: Bool, trusted: Bool
    ) -> HTTPRequestHead {
        var headers = HTTPHeaders()
        headers.reserveCapacity(head.fields.count + 4)
        let named = namedByConnection(head.fields.list("connection"))
        var sources: [String] = []
        var keptProto = false
        var keptHost = false
        for (name, value) in head.fields.strings {
            switch name.lowercased() {
            case let lower where isHopByHop(lower) || named.contains(lower): break
            case "expect": break
            case "x-forwarded-for": sources.append(value)
            case "x-forwarded-proto" where !trusted, "x-forwarded-host" where !trusted: break
            case let lower:
                keptProto = keptProto || lower == "x-forwarded-proto"
                keptHost = keptHost || lower == "x-forwarded-host"
                headers.add(name: name, value: value)
            }
        }
        if isUpgrade { add(upgrade: head.fields.first("upgrade"), to: &headers) }
        if head.framing == .chunked { headers.add(name: "Transfer-Encoding", value: "chunked") }
        headers.add(name: "X-Forwarded-For", value: (sources + [address]).joined(separator: ", "))
        if !keptProto { headers.add(name: "X-Forwarded-Proto", value: "http") }
        if !keptHost, let host = head.fields.first("host") { headers.add(name: "X-Forwarded-Host", value: host) }
        return HTTPRequestHead(
            version: .http1_1, method: HTTPMethod(rawValue: head.methodText), uri: head.target, headers: headers)
    }

    /// The head that goes to the client, with the framing the client understands.
    /// - Parameters:
    ///   - head: as the node sent it.
    ///   - request: what the client asked.
    ///   - keepAlive: whether the connection stays open after the answer.
    /// - Returns: the head to send.
    static func response(_ head: HTTPResponseHead, to request: RequestHead, keepAlive: Bool) -> HTTPResponseHead {
        var headers = HTTPHeaders()
        headers.reserveCapacity(head.headers.count + 2)
        let named = namedByConnection(head.headers[canonicalForm: "connection"].map(String.init))
        for (name, value) in head.headers {
            let lower = name.lowercased()
            guard !isHopByHop(lower), !named.contains(lower) else { continue }
            headers.add(name: name, value: value)
        }
        if head.status == .switchingProtocols {
            add(upgrade: head.headers.first(name: "upgrade"), to: &headers)
        } else {
            let hasBody = request.method != .head && head.status.mayHaveResponseBody
            if hasBody, !headers.contains(name: "content-length"), request.minorVersion > 0 {
                headers.add(name: "Transfer-Encoding", value: "chunked")
            }
            if !keepAlive {
                headers.add(name: "Connection", value: "close")
            } else if request.minorVersion == 0 {
                headers.add(name: "Connection", value: "keep-alive")
            }
        }
        return HTTPResponseHead(version: .http1_1, status: head.status, headers: headers)
    }

    /// Whether a request asks for a WebSocket.
    static func isWebSocketUpgrade(_ head: RequestHead) -> Bool {
        head.method == .get && head.wantsUpgrade && head.fields.lists("upgrade", "websocket")
    }

    /// Headers that the sender wants to go no further. Those that say where a message ends or goes are not the sender's
    /// to hide: without its length a body would be taken for the next request.
    private static func namedByConnection(_ options: [String]) -> Set<String> {
        Set(options.map { $0.lowercased() }).subtracting(["content-length", "host"])
    }

    private static func add(upgrade original: String?, to headers: inout HTTPHeaders) {
        headers.add(name: "Connection", value: "Upgrade")
        headers.add(name: "Upgrade", value: original ?? "websocket")
    }

    private static func isHopByHop(_ lower: String) -> Bool {
        switch lower {
        case "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te",
            "trailer", "transfer-encoding", "upgrade":
            true
        default: false
        }
    }
}
