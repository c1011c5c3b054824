import SocketIO

/// The handlers of one socket by event name.
struct EventHandlers {
    /// What an application does with an event, and whether only with the next one.
    ///
    /// A closure inside a struct keeps its own calling convention; stored directly in a dictionary or an array, each
    /// look-up would allocate an adapter for it.
    struct Registration {
        let handle: (Event) throws -> Void
        let number: UInt32
        let once: Bool
    }

    /// The handlers of one event. Nearly always there is one, which needs no array.
    enum Registrations {
        case one(Registration)
        case several([Registration])
    }

    private var byName = EventTable<Registrations>()

    /// Whether there are none.
    var isEmpty: Bool { byName.isEmpty }

    /// The handlers of an event.
    subscript(event: EventName) -> Registrations? { byName[event] }

    /// Adds a handler behind those that the event has already.
    mutating func add(
        _ event: EventName, once: Bool, number: UInt32, _ handler: @escaping (Event) throws -> Void
    ) {
        let new = Registration(handle: handler, number: number, once: once)
        switch byName[event] {
        case nil: byName[event] = .one(new)
        case .one(let first): byName[event] = .several([first, new])
        case .several(let list): byName[event] = .several(list + [new])
        }
    }

    /// Removes the handlers of an event.
    mutating func remove(_ event: EventName) { byName[event] = nil }

    /// Removes the handler that has a number.
    mutating func remove(_ number: UInt32) {
        for event in byName.names { keep(event) { $0.number != number } }
    }

    /// Removes those handlers of an event that were for the next one only.
    mutating func removeOnce(_ event: EventName) { keep(event) { !$0.once } }

    private mutating func keep(_ event: EventName, where stays: (Registration) -> Bool) {
        switch byName[event] {
        case .one(let registration) where !stays(registration):
            byName[event] = nil
        case .several(let list):
            let staying = list.filter(stays)
            byName[event] = staying.isEmpty ? nil : .several(staying)
        case .one, nil:
            break
        }
    }
}
