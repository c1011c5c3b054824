public import Figures

/// How Redis is, as a node sees it (``RedisWatch``).
public struct RedisMetrics: Sendable, Equatable {
    /// Whether Redis can be used now.
    public var state = RedisState.disconnected
    /// How often it could no longer be used.
    public var losses = 0
    /// How long publications took from this node through Redis and back, in seconds.
    public var delays = Histogram(.work)
    /// Publications that did not come back although Redis was there.
    public var echoesLost = 0

    /// Nothing is known yet.
    public init() {}
}
