/// What a client had received when a node restored its socket.
///
/// The offsets that it gets from that node afterwards do not say so: their position is the last event of others that the
/// node itself has received, which may be from before, if nodes receive only what is for rooms of theirs.
public struct Restoration: Sendable, Equatable {
    /// The node that restored the socket; the number makes no difference.
    private let node: EventID
    /// What the client had received when what it had missed was repeated.
    public let received: ReceivedEvents

    /// Describes a restoration.
    /// - Parameters:
    ///   - node: the node that restored the socket.
    ///   - received: what the client had received when what it had missed was repeated.
    public init(by node: NodeTag, received: ReceivedEvents) {
        self.node = EventID(node: node, number: 0)
        self.received = received
    }

    /// Whether a client has received everything that was repeated: an event that came after it says so.
    /// - Parameter offset: what the client says.
    /// - Returns: whether the offset is one that the node gave after the restoration. Those of repeated events are not.
    public func isComplete(at offset: RecoveryOffset) -> Bool {
        offset.own.hasOrigin(of: node) && !received.contains(offset.own)
    }
}

// MARK: - As text

extension Restoration {
    /// Ids in a row: one of the node, and the last event of each node that was received.
    var text: String { ([node] + received.ids).map(\.description).joined() }

    init?(_ text: String) {
        let bytes = Array(text.utf8)
        let starts = stride(from: 0, to: bytes.count, by: EventID.length)
        let ids = starts.compactMap { EventID(String(decoding: bytes[$0...].prefix(EventID.length), as: UTF8.self)) }
        guard let node = ids.first, ids.count * EventID.length == bytes.count else { return nil }
        var received = ReceivedEvents()
        for id in ids.dropFirst() { received.insert(id) }
        (self.node, self.received) = (node, received)
    }
}
