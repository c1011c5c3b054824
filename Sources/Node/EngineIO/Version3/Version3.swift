/// What the client of a session of revision 3 asked for in its first request, which decides how packets are written for
/// it. Sessions of revision 4 have none.
///
/// Source: Engine.IO protocol v3; the reference server with `allowEIO3`.
package struct Version3: Equatable, Sendable {
    /// Whether binary messages travel as base64, on either transport: the client said so (`b64`), or has JSONP, which
    /// carries nothing but text.
    package let isTextOnly: Bool
    /// Number of the JSONP callback (`j`) that the answers to polls call; `nil` if they are the payload itself.
    package let callback: Int?

    /// Reads the first request of a session.
    /// - Parameter query: its query.
    package init(query: QueryString) {
        callback = query["j"].map { Int(String($0.filter { ("0"..."9").contains($0) })) ?? 0 }
        isTextOnly = callback != nil || query["b64"].map { !$0.isEmpty } ?? false
    }
}
