public import NIOCore
public import SocketIO

/// One entry of a journal that nodes share: an event, or a mark that stands for a moment.
///
/// In a stream of Redis it has two fields: `h`, the id, the number of the same node's entry before and `L` if other nodes
/// did not get it; and `e`, the event in the form in which the classic adapter publishes it. A mark has no `e`.
public struct JournalEntry: Sendable, Equatable {
    /// Event and addressees.
    public struct Event: Sendable, Equatable {
        /// Event name and arguments.
        public var arguments: Arguments
        /// Whom it went to, and how.
        public var options: BroadcastOptions

        /// Describes an event.
        /// - Parameters:
        ///   - arguments: event name and arguments.
        ///   - options: whom it went to, and how.
        public init(arguments: Arguments, options: BroadcastOptions) {
            self.arguments = arguments
            self.options = options
        }
    }

    /// Names the entry.
    public var id: EventID
    /// The number of the same node's entry before, 0 if there is none.
    public var previous: UInt64
    /// The event; `nil` for a mark.
    public var event: Event?

    /// Describes an entry.
    /// - Parameters:
    ///   - id: names it.
    ///   - previous: the number of the same node's entry before, 0 if there is none.
    ///   - event: the event; default `nil`, a mark.
    public init(id: EventID, previous: UInt64, event: Event? = nil) {
        self.id = id
        self.previous = previous
        self.event = event
    }
}

extension JournalEntry.Event {
    /// The field `e`.
    /// - Parameter namespace: with its leading slash.
    /// - Returns: the event as the classic adapter publishes it, without a sender.
    public func encoded(namespace: String) -> ByteBuffer {
        ClassicBroadcast(arguments: arguments, options: options).encoded(uid: "", namespace: namespace)
    }
}

extension JournalEntry {
    /// The field `h`.
    public var head: String {
        id.description + EventID.text(previous) + (event?.options.flags.local == true ? "L" : "")
    }

    /// Reads an entry.
    /// - Parameters:
    ///   - head: the field `h`.
    ///   - body: the field `e`, if it is there.
    ///   - namespace: with its leading slash.
    public init?(head: String, body: ByteBuffer?, namespace: String) {
        let characters = head.utf8.count
        let end = EventID.length + EventID.numberLength
        guard characters == end || characters == end + 1 && head.hasSuffix("L"),
            let id = EventID(head.prefix(EventID.length)),
            let previous = EventID.number(head.utf8.dropFirst(EventID.length).prefix(EventID.numberLength))
        else { return nil }
        self.init(id: id, previous: previous)
        guard let body else { return }
        // Entries name no sender of the classic format, so none is left out as one's own.
        guard let broadcast = ClassicBroadcast(body, exceptFrom: "-", namespace: namespace) else { return nil }
        event = Event(arguments: broadcast.arguments, options: broadcast.options)
        event?.options.flags.local = characters > end
        event?.options.flags.event = id
    }
}
