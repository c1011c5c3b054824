public import EngineIO
public import NIOHTTP1

/// A request to an engine as its hooks see it, and what they leave with it. It is one value from the first hook of a
/// request to the last.
public struct ClientRequest: Sendable {
    /// The HTTP method: `GET`, `POST`, or what else a client may send.
    public let method: HTTPMethod
    /// Becomes the session's handshake, if the request opens one.
    var handshake: Handshake
    /// Header fields for the response, whatever it will be: a field that the engine itself writes keeps its value.
    /// Fields that would break the response apart are left out and logged.
    public var responseHeaders = HTTPHeaders()

    init(method: HTTPMethod, handshake: Handshake) {
        self.method = method
        self.handshake = handshake
    }

    /// Path and query exactly as requested, for example `/socket.io/?EIO=4&transport=polling`.
    public var target: String { handshake.url }
    /// Header names in lower case with their values, in order of arrival.
    public var headers: [(name: String, value: String)] { handshake.headers }
    /// Decoded items of the query string, in order of arrival; a request of a session names it as `sid`.
    public var query: [(name: String, value: String)] { handshake.query }
    /// Address of the client, without port; behind trusted proxies, the address that they report.
    public var address: String { handshake.address }
    /// Whether the client reached us over TLS.
    public var secure: Bool { handshake.secure }

    /// What the hooks found out, for the layers above: they find it in `Handshake.values` if the request
    /// opens a session.
    public var values: RequestValues {
        get { handshake.values }
        set { handshake.values = newValue }
    }

    /// The first value of a header.
    /// - Parameter name: the header's name in lower case.
    /// - Returns: the value, or `nil` if the header did not come.
    public func header(_ name: String) -> String? {
        handshake.header(name)
    }

    /// The last value of an item of the query.
    /// - Parameter name: the item's name.
    /// - Returns: the decoded value, or `nil` if the item did not come.
    public func query(_ name: String) -> String? {
        query.last { $0.name == name }?.value
    }

    /// The value of a cookie, as it was sent (RFC 6265, section 5.4; quotation marks and percent signs stay).
    /// - Parameter name: the cookie's name.
    /// - Returns: the value of the first cookie of that name, or `nil` if none came.
    public func cookie(_ name: String) -> String? {
        for header in headers where header.name == "cookie" {
            for pair in header.value.split(separator: ";") {
                let pair = pair.drop { $0 == " " || $0 == "\t" }
                guard let equals = pair.firstIndex(of: "="), pair[..<equals] == name else { continue }
                let value = pair[pair.index(after: equals)...]
                return String(value.prefix { $0 != " " && $0 != "\t" })
            }
        }
        return nil
    }
}
