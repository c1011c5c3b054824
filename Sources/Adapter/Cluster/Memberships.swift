/// The rooms of one member of a ``RoomIndex``, by room number, with the member's place in each.
///
/// Nearly every member is in a handful of rooms: a short list, searched from its beginning. A member of many rooms gets
/// a table beside the list, so that joining the thousandth room costs no more than joining the tenth.
struct Memberships {
    private struct Membership {
        var room: Int32
        var position: Int32
    }

    /// How many rooms are searched without a table: as long as that is faster.
    private static let longestList = 64

    private var list: [Membership] = []
    /// Index in the list by room; `nil` while the list is short.
    private var table: [Int32: Int32]?

    var count: Int { list.count }

    /// The rooms, in order of joining; a member of many changes the order by leaving.
    var rooms: some Collection<Int32> { list.lazy.map(\.room) }

    /// The member's place in a room, if it is in there.
    func position(in room: Int32) -> Int32? { index(of: room).map { list[$0].position } }

    /// Adds a room, which must not be there.
    mutating func add(_ room: Int32, position: Int32) {
        table?[room] = Int32(list.count)
        list.append(Membership(room: room, position: position))
        guard table == nil, list.count > Self.longestList else { return }
        table = Dictionary(uniqueKeysWithValues: list.indices.map { (list[$0].room, Int32($0)) })
    }

    /// Removes a room.
    /// - Returns: the place that the member had there; `nil` if it was not there.
    mutating func remove(_ room: Int32) -> Int32? {
        guard let index = index(of: room) else { return nil }
        let position = list[index].position
        guard table != nil else {
            list.remove(at: index)
            return position
        }
        let last = list.removeLast()
        table?[room] = nil
        if last.room != room {
            list[index] = last
            table?[last.room] = Int32(index)
        }
        return position
    }

    /// Changes the member's place in a room.
    mutating func move(in room: Int32, to position: Int32) {
        if let index = index(of: room) { list[index].position = position }
    }

    private func index(of room: Int32) -> Int? {
        if let table { table[room].map { Int($0) } } else { list.firstIndex { $0.room == room } }
    }
}
