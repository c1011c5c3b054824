/// What the client sent when its Engine.IO session was opened (the first HTTP request).
///
/// A session keeps it as long as it lives, and few applications look at it: so it is kept as one text, and read when it is
/// asked for.
public struct Handshake: Sendable {
    /// The request target, then name and value of each header, with line feeds between them, which none of them has.
    private let text: String
    /// Address of the peer, without port; behind a trusted gateway, the address it reports.
    public let address: String
    /// Whether the client reached us over TLS.
    public let secure: Bool
    /// When the session was opened, milliseconds since 1970-01-01 UTC.
    public let issued: Int64
    /// What hooks of the server found out about the client, for example who it is. Empty without hooks.
    public var values = RequestValues()

    /// Creates a handshake description.
    /// - Parameters:
    ///   - headers: header names in lower case with their values, in order of arrival. As in HTTP, neither has line feeds.
    ///   - url: path and query as requested.
    ///   - address: address of the peer, without port.
    ///   - secure: whether the client reached us over TLS.
    ///   - issued: when the session was opened, milliseconds since 1970-01-01 UTC.
    public init(headers: [(name: String, value: String)], url: String, address: String, secure: Bool, issued: Int64) {
        // In memory of exactly the size.
        let length = headers.reduce(url.utf8.count) { $0 + $1.name.utf8.count + $1.value.utf8.count + 2 }
        text = String(unsafeUninitializedCapacity: length) { bytes in
            var end = bytes.initialize(fromContentsOf: url.utf8)
            for (name, value) in headers {
                for part in [name, value] {
                    bytes.initializeElement(at: end, to: Self.separator)
                    end = bytes[(end + 1)...].initialize(fromContentsOf: part.utf8)
                }
            }
            return end
        }
        self.address = address
        self.secure = secure
        self.issued = issued
    }

    /// Creates a handshake description of what is one text already.
    /// - Parameters:
    ///   - lines: path and query as requested, then name, in lower case, and value of each header, with line feeds between
    ///     them.
    ///   - address: address of the peer, without port.
    ///   - secure: whether the client reached us over TLS.
    ///   - issued: when the session was opened, milliseconds since 1970-01-01 UTC.
    package init(lines: String, address: String, secure: Bool, issued: Int64) {
        text = lines
        self.address = address
        self.secure = secure
        self.issued = issued
    }

    private static let separator = UInt8(ascii: "\n")

    private var parts: [Substring.UTF8View] {
        text.utf8.split(separator: Self.separator, omittingEmptySubsequences: false)
    }

    /// Path and query exactly as requested, for example `/socket.io/?EIO=4&transport=polling`.
    public var url: String { String(Substring(text.utf8.prefix { $0 != Self.separator })) }

    /// Decoded items of the query string, in order of arrival.
    public var query: [(name: String, value: String)] { QueryString(target: url).items }

    /// Header names in lower case with their values, in order of arrival.
    public var headers: [(name: String, value: String)] {
        let parts = parts
        return stride(from: 2, to: parts.count, by: 2).map { index in
            (String(Substring(parts[index - 1])), String(Substring(parts[index])))
        }
    }

    /// The first value of a header.
    /// - Parameter name: the header's name in lower case.
    /// - Returns: the value, or `nil` if the header did not come.
    public func header(_ name: String) -> String? {
        let parts = parts
        let index = stride(from: 2, to: parts.count, by: 2).first { parts[$0 - 1].elementsEqual(name.utf8) }
        return index.map { String(Substring(parts[$0])) }
    }
}
