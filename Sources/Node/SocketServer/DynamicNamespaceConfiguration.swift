/// Bounds of the namespaces that clients make exist by joining them (``Server/namespaces(matching:)``).
public struct DynamicNamespaceConfiguration: Sendable {
    /// Namespaces that may exist by then; a CONNECT that would make a further one is refused with the message
    /// `Too many namespaces on this server`. Those that the application asks for by name count, but are always made.
    /// Default: 10,000.
    public var maxCount = 10_000
    /// Length of a name in bytes of UTF-8; a longer one is refused as an unknown one is. Default: 256.
    public var maxNameLength = 256
    /// Whether a namespace goes when its last socket has left. Default: `true`.
    ///
    /// The reference server has the same option, off by default: names that clients choose then add up for good.
    public var cleanupEmptyChildNamespaces = true

    /// Creates the default bounds.
    public init() {}
}
