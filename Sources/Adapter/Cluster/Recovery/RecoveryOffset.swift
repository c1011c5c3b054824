/// What a client has received, as far as one node delivered it, from a journal that all nodes share: the argument behind
/// the last of every event, 30 characters.
///
/// A node delivers its own events at once and those of others as they come from Redis, which is the order of the journal.
/// So two marks tell everything: up to when the node's own events had been delivered, and which was the last of the
/// others.
public struct RecoveryOffset: Sendable, Equatable {
    /// Length of the text, in characters.
    public static let length = 2 * EventID.length

    /// The node that delivered, and until when: its events up to this number had been delivered.
    public var own: EventID
    /// The last event of another node that had been delivered, or an entry of the journal that stands for the moment at which
    /// the node began to listen.
    public var position: EventID

    /// Describes what was received.
    /// - Parameters:
    ///   - own: the node that delivered, and until when.
    ///   - position: the last event of another node.
    public init(own: EventID, position: EventID) {
        self.own = own
        self.position = position
    }

    /// Reads an offset that a client says.
    /// - Parameter text: anything; what is no offset of ours gives `nil`.
    public init?(_ text: String) {
        guard text.utf8.count == Self.length, let own = EventID(text.prefix(EventID.length)),
            let position = EventID(text.suffix(EventID.length))
        else { return nil }
        self.init(own: own, position: position)
    }

    /// The 30 characters.
    public var text: String {
        String(unsafeUninitializedCapacity: Self.length) { bytes in
            own.write(to: bytes, at: 0)
            position.write(to: bytes, at: EventID.length)
            return Self.length
        }
    }
}
