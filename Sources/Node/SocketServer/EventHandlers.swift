import SocketIO

/// What an application does with an event.
typealias EventHandler = (Event) throws -> Void

/// The handlers of one socket by event name.
struct EventHandlers {
    // A closure inside a struct keeps its own calling convention; stored directly in a dictionary, each look-up
    // would allocate an adapter for it.
    private struct Registration {
        let handle: EventHandler
        let once: Bool
    }

    private enum Registrations {
        case one(Registration)
        case several([Registration])
    }

    private var byName: [EventName: Registrations] = [:]

    /// Adds a handler behind those that the event has already.
    mutating func add(_ event: EventName, once: Bool, _ handler: @escaping EventHandler) {
        let new = Registration(handle: handler, once: once)
        switch byName[event] {
        case nil: byName[event] = .one(new)
        case .one(let first): byName[event] = .several([first, new])
        case .several(let list): byName[event] = .several(list + [new])
        }
    }

    /// Removes the handlers of an event.
    mutating func remove(_ event: EventName) { byName[event] = nil }

    /// The handlers to run for an event, or none; those registered for once are removed.
    mutating func take(_ event: EventName) -> Taken {
        switch byName[event] {
        case nil:
            return .none
        case .one(let registration):
            if registration.once { byName[event] = nil }
            return .one(registration.handle)
        case .several(let list):
            let remaining = list.filter { !$0.once }
            if remaining.count < list.count { byName[event] = remaining.isEmpty ? nil : .several(remaining) }
            return .several(list.map(\.handle))
        }
    }

    enum Taken {
        case none
        case one(EventHandler)
        case several([EventHandler])
    }
}
