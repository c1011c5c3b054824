/// Names of the keys and channels that Switchboard keeps in Redis.
///
/// All keys share the hash tag `{<prefix>}`, so that one script may touch several of them on a Redis Cluster.
public struct KeySpace: Sendable, Hashable {
    /// What all names begin with. Default `switchboard`. Clusters with different prefixes do not see each other.
    public let prefix: String

    /// Creates the names of a cluster.
    /// - Parameter prefix: without braces; default `switchboard`.
    public init(prefix: String = "switchboard") {
        self.prefix = prefix
    }

    /// Name of a key.
    /// - Parameter name: what it holds.
    /// - Returns: `{<prefix>}:<name>`.
    public func key(_ name: String) -> String { "{\(prefix)}:\(name)" }

    /// Name of a channel.
    /// - Parameter name: what is said there.
    /// - Returns: `<prefix>-<name>`.
    public func channel(_ name: String) -> String { "\(prefix)-\(name)" }
}
