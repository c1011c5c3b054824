/// What the client sent when its Engine.IO session was opened (the first HTTP request).
public struct Handshake: Sendable {
    /// Header names in lower case with their values, in order of arrival.
    public var headers: [(name: String, value: String)]
    /// Decoded items of the query string, in order of arrival.
    public var query: [(name: String, value: String)]
    /// Path and query exactly as requested, for example `/socket.io/?EIO=4&transport=polling`.
    public var url: String
    /// Address of the peer, without port; behind a trusted gateway, the address it reports.
    public var address: String
    /// Whether the client reached us over TLS.
    public var secure: Bool
    /// When the session was opened, milliseconds since 1970-01-01 UTC.
    public var issued: Int64
    /// What hooks of the server found out about the client, for example who it is. Empty without hooks.
    public var values = RequestValues()

    /// Creates a handshake description.
    public init(
        headers: [(name: String, value: String)], query: [(name: String, value: String)], url: String,
        address: String, secure: Bool, issued: Int64
    ) {
        self.headers = headers
        self.query = query
        self.url = url
        self.address = address
        self.secure = secure
        self.issued = issued
    }

    /// The first value of a header.
    /// - Parameter name: the header's name in lower case.
    /// - Returns: the value, or `nil` if the header did not come.
    public func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }
}
