/// Settings of the compression of polls: `gzip` or `deflate`, as the client accepts it.
///
/// Each event loop has one compressor per coding for all its sessions, 262 KiB, from its first compressed poll on. The
/// defaults are those of the reference server.
public struct HTTPCompression: Sendable, Equatable {
    /// Shortest answer to a poll, in bytes, that is worth compressing. Default: 1024.
    public var threshold: Int
    /// Effort of compression, from 1 (fast) to 9 (small). Default: 6.
    public var level: Int = 6

    /// Creates settings that are the defaults but for the threshold.
    /// - Parameter threshold: shortest answer to a poll, in bytes, that is worth compressing. Default: 1024.
    public init(threshold: Int = 1024) {
        self.threshold = threshold
    }

    /// The first setting that cannot be used, and what is wrong with it.
    var problem: (setting: String, problem: String)? {
        if threshold < 0 { return ("threshold", "must not be negative") }
        if !(1...9).contains(level) { return ("level", "must be between 1 and 9") }
        return nil
    }
}
