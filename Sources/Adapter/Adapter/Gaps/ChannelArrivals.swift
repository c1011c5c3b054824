import Cluster
import Synchronization

/// What has come by one channel, for as long as this node is subscribed to it.
final class ChannelArrivals: Sendable {
    /// Most nodes whose publications on one channel are counted.
    private static let publisherLimit = 1_024

    /// Whether it is the inbox of this node.
    let isInbox: Bool
    private let tracker = Mutex(PublicationTracker(limit: publisherLimit))

    init(isInbox: Bool) {
        self.isInbox = isInbox
    }

    /// A node tells how much it has published here before, with or without an event.
    func received(
        _ count: PublicationCount, from publisher: PublisherID, withEvent hasEvent: Bool
    ) -> PublicationTracker.Finding {
        tracker.withLock { tracker in
            defer { if hasEvent { tracker.received(from: publisher) } }
            return tracker.announced(count.published, by: publisher, since: count.since)
        }
    }
}
