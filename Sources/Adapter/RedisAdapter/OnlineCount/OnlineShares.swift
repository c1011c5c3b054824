import Cluster
import NIOCore

/// How many sockets each node has, as the shared store last told.
struct OnlineShares: Equatable {
    /// Grows with every change of the store; 0 before anything was heard.
    private(set) var version: Int64 = 0
    /// The sum over the other nodes.
    private(set) var others = 0

    /// Reads `<version> <tag> <count> <tag> <count> …`. What is older than what is known, or malformed, changes nothing.
    /// - Parameters:
    ///   - text: as published.
    ///   - own: left out of the sum; this node knows better.
    /// - Returns: whether it was news.
    mutating func received(_ text: ByteBuffer, own: NodeTag) -> Bool {
        // A thousand nodes need a quarter of this; the bound is for what strangers publish.
        guard text.readableBytes <= 65_536 else { return false }
        let words = text.readableBytesView.split(separator: UInt8(ascii: " "))
            .map { String(decoding: $0, as: UTF8.self) }
        guard words.count % 2 == 1, let first = Int64(words[0]), first > version else { return false }
        var sum = 0
        for index in stride(from: 1, to: words.count, by: 2) {
            guard let count = Int32(words[index + 1]), count >= 0 else { return false }
            if words[index] != own.text { sum += Int(count) }
        }
        version = first
        others = sum
        return true
    }

    /// The store was emptied: its versions begin anew.
    mutating func forgetVersion() {
        version = 0
    }
}
