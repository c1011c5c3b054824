/// How much a node has published on one channel.
public struct PublicationCount: Sendable, Equatable {
    /// Which count it is: greater for each that the node begins, on whatever channel.
    public var since: UInt64
    /// Number of publications since it was begun.
    public var published: UInt64

    /// Describes a count.
    /// - Parameters:
    ///   - since: which count it is.
    ///   - published: number of publications.
    public init(since: UInt64, published: UInt64) {
        self.since = since
        self.published = published
    }
}
