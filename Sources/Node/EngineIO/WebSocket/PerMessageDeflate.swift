/// Settings of the WebSocket extension `permessage-deflate`: what the server agrees to, and what it compresses.
///
/// Most clients offer the extension. With the default settings neither side refers to earlier messages, and a connection
/// keeps no memory for it: each event loop has one compressor and one decompressor for all its connections, 300 KiB
/// together, and a broadcast is compressed once for all receivers.
///
/// With context takeover messages get smaller, as each may refer to those before it, but every connection has a
/// compressor and a decompressor of its own, from its first compressed message in that direction until its end, and every
/// receiver of a broadcast costs the compression again. In bytes per connection:
///
/// | | formula | default |
/// |---|---|---|
/// | ``serverContextTakeover`` | `(4 << serverWindowBits) + (512 << memoryLevel) + 6 KiB` | 262 KiB |
/// | ``clientContextTakeover`` | `(1 << clientWindowBits) + 7 KiB` | 39 KiB |
///
/// Messages are compressed and restored on the event loop: a megabyte of JSON takes about 10 ms at the default level.
///
/// Source: RFC 7692; the threshold is the reference server's.
public struct PerMessageDeflate: Sendable, Equatable {
    /// Shortest message, in bytes, that is worth compressing. Attachments of an event count as messages of their own.
    /// Default: 1024.
    public var threshold: Int
    /// Effort of compression, from 1 (fast) to 9 (small). Default: 6.
    public var level: Int = 6
    /// Memory for finding repetitions, from 1 to 9: `512 << memoryLevel` bytes. Default: 8.
    public var memoryLevel: Int = 8
    /// Whether what the server sends may refer to its earlier messages, unless the client objects. Default: `false`.
    public var serverContextTakeover: Bool = false
    /// Whether what the client sends may refer to its earlier messages. Default: `false`.
    public var clientContextTakeover: Bool = false
    /// Largest window of what the server sends, 9 to 15 bits; a client may ask for less. Default: 15, which is 32 KiB.
    public var serverWindowBits: Int = 15
    /// Largest window of what the client sends, 8 to 15 bits. Below 15, clients that cannot limit theirs get no
    /// compression. Default: 15.
    public var clientWindowBits: Int = 15

    /// Creates settings that are the defaults but for the threshold.
    /// - Parameter threshold: shortest message, in bytes, that is worth compressing. Default: 1024.
    public init(threshold: Int = 1024) {
        self.threshold = threshold
    }

    /// The first setting that cannot be used, and what is wrong with it.
    public var problem: (setting: String, problem: String)? {
        if threshold < 0 { return ("threshold", "must not be negative") }
        if !(1...9).contains(level) { return ("level", "must be between 1 and 9") }
        if !(1...9).contains(memoryLevel) { return ("memoryLevel", "must be between 1 and 9") }
        if !(9...15).contains(serverWindowBits) { return ("serverWindowBits", "must be between 9 and 15") }
        if !(8...15).contains(clientWindowBits) { return ("clientWindowBits", "must be between 8 and 15") }
        return nil
    }
}
