import SocketIO

/// What an application has registered for events, by name.
///
/// A look-up, one for each event that comes, costs half of a dictionary's, which has to withstand keys that a stranger has
/// chosen; those in here are the application's. Small, too: sockets may have a table each.
struct EventTable<Registered> {
    private var entries: [(name: EventName, registered: Registered)] = []
    /// Behind each name's fingerprint the number of its entry, counted from 1, in the first place that was free; 0 where
    /// none is. At most half of the places, which are a power of two, are taken.
    private var places: [UInt32] = []

    /// Whether nothing is registered.
    var isEmpty: Bool { entries.isEmpty }

    /// What is registered for an event.
    subscript(name: EventName) -> Registered? {
        get {
            guard let index = index(of: name) else { return nil }
            return entries[index].registered
        }
        set {
            switch (index(of: name), newValue) {
            case (let index?, let registered?):
                entries[index].registered = registered
            case (let index?, nil):
                entries.remove(at: index)
                fillPlaces()
            case (nil, let registered?):
                entries.append((name, registered))
                if entries.count > places.count / 2 { fillPlaces() } else { place(entries.count - 1) }
            case (nil, nil):
                break
            }
        }
    }

    /// All names, in the order in which they came.
    var names: [EventName] { entries.map(\.name) }

    private func index(of name: EventName) -> Int? {
        guard !places.isEmpty else { return nil }
        var place = firstPlace(of: name)
        while places[place] != 0 {
            let index = Int(places[place]) - 1
            if entries[index].name == name { return index }
            place = (place + 1) & (places.count - 1)
        }
        return nil
    }

    private func firstPlace(of name: EventName) -> Int {
        Int(truncatingIfNeeded: name.fingerprint) & (places.count - 1)
    }

    private mutating func place(_ index: Int) {
        var place = firstPlace(of: entries[index].name)
        while places[place] != 0 { place = (place + 1) & (places.count - 1) }
        places[place] = UInt32(clamping: index + 1)
    }

    private mutating func fillPlaces() {
        var count = 2
        while count < 2 * entries.count { count *= 2 }
        places = Array(repeating: 0, count: entries.isEmpty ? 0 : count)
        for index in entries.indices { place(index) }
    }
}

extension EventTable: Sendable where Registered: Sendable {}
