/// A Lua script that Redis runs as one atomic step.
public struct RedisScript: Sendable, Equatable {
    /// A name of its own among the scripts of a client; it stands for the script in tables and logs.
    public let name: String
    /// The Lua text.
    public let source: String

    /// Describes a script.
    /// - Parameters:
    ///   - name: unique within the process.
    ///   - source: the Lua text.
    public init(name: String, source: String) {
        self.name = name
        self.source = source
    }
}
