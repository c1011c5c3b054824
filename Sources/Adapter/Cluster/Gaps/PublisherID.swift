public import NIOCore

/// Who publishes on the channels of a namespace: one node, in one incarnation, in one namespace. The six characters of the
/// `uid` that its messages begin with (wire, 1.2), as a number that is cheap to compare.
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

    /// The publisher of a broadcast, seen without decoding it.
    /// - Parameter payload: as received; `nil` if it does not begin as those of our peers do.
    public init?(broadcast payload: ByteBuffer) {
        // An array of three, then a text of six bytes.
        guard let start = payload.getInteger(at: payload.readerIndex, as: UInt64.self), start >> 48 == 0x93A6
        else { return nil }
        value = start & 0xFFFF_FFFF_FFFF
    }
}
