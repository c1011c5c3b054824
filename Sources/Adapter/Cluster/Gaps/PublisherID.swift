public import NIOCore

/// Who publishes on the channels of a namespace: one node, in one incarnation, in one namespace. The `uid` of its messages, as
/// a number that is cheap to compare: six characters in the classic format (wire, 1.2), 16 hexadecimal digits in the sharded
/// one (wire, 3).
public struct PublisherID: Sendable, Hashable {
    /// Length of a `uid` in bytes.
    static let length = 6

    private let value: UInt64

    /// The publisher of a `uid`.
    /// - Parameter uid: six bytes of ASCII, as peers draw them; anything else gives `nil`.
    public init?(uid: some StringProtocol) {
        guard uid.utf8.count == Self.length else { return nil }
        value = uid.utf8.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The publisher of a `uid` of the sharded format.
    /// - Parameter uid: 16 hexadecimal digits, as peers draw them; anything else gives `nil`.
    public init?(shardedUID uid: String) {
        guard uid.utf8.count == 16, let value = UInt64(uid, radix: 16) else { return nil }
        self.value = value
    }

    /// The publisher of a broadcast, seen without decoding it.
    /// - Parameter payload: as received; `nil` if it does not begin as those of our peers do.
    public init?(broadcast payload: ByteBuffer) {
        // An array of three, then a text of six bytes.
        guard let start = payload.getInteger(at: payload.readerIndex, as: UInt64.self), start >> 48 == 0x93A6
        else { return nil }
        value = start & 0xFFFF_FFFF_FFFF
    }
}
