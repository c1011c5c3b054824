/// The rooms and members of one shard of a namespace: who is in which room, and whom a broadcast selects.
///
/// A value: no locks, no loops, no sockets. Each member has an id, which is unique and counts as a room of its own that
/// cannot be left (as in the reference server). What a member is, the owner keeps in an array by the handle's slot.
///
/// ```swift
/// var index = RoomIndex()
/// let ann = index.insert(id: "a")
/// index.join(ann, "news")
/// let selected = index.select(BroadcastOptions(rooms: ["news"]))  // [ann]
/// ```
///
/// Everything is stored by small integers: members and rooms have slots, a room lists its members' slots, and a
/// member remembers its place in each of its rooms. So joining, leaving and removing cost no search through a room,
/// and an idle member without rooms costs one entry and one dictionary place.
public struct RoomIndex: Sendable {
    /// Names a member while it is in the index. Slots of removed members are used again.
    public struct Handle: Hashable, Sendable {
        /// A small number: the place of the member in an array of the owner. Below ``RoomIndex/capacity``.
        public let slot: Int32
    }

    private struct Entry {
        var id: String
        var memberships = Memberships()
    }

    private struct Room {
        var name: String
        var members: [Handle]
    }

    private var entries: [Entry?] = []
    private var freeEntries: [Int32] = []
    @usableFromInline internal private(set) var handles: [String: Handle] = [:]
    private var rooms: [Room] = []
    private var freeRooms: [Int32] = []
    private var roomNumbers: [String: Int32] = [:]
    // Everybody, as a dense list, with each slot's place in it.
    private var everybody: [Handle] = []
    private var places: [Int32] = []

    /// Creates an empty index.
    public init() {}

    /// Number of members.
    public var count: Int { everybody.count }

    /// One more than the highest slot that was ever used.
    public var capacity: Int { entries.count }

    /// Names of the rooms that have a member; the members' own ids are not among them.
    public var roomNames: some Collection<String> { roomNumbers.keys }

    /// The ids of all members.
    public var ids: some Collection<String> { handles.keys }

    // Inlined, because whoever calls it would have to hold on to everything that is in the index otherwise.
    /// Finds a member by id.
    /// - Parameter id: the member's id.
    /// - Returns: its handle, or `nil` if there is no such member.
    @inlinable
    public func handle(of id: String) -> Handle? { handles[id] }

    /// Adds a member.
    /// - Parameter id: its unique id; a member that already has this id is removed first.
    /// - Returns: the handle that names it until it is removed.
    public mutating func insert(id: String) -> Handle {
        if let previous = handles[id] { remove(previous) }
        let handle: Handle
        let entry = Entry(id: id)
        if let slot = freeEntries.popLast() {
            handle = Handle(slot: slot)
            entries[Int(slot)] = entry
        } else {
            handle = Handle(slot: Int32(entries.count))
            entries.append(entry)
            places.append(0)
        }
        places[Int(handle.slot)] = Int32(everybody.count)
        everybody.append(handle)
        handles[id] = handle
        return handle
    }

    /// Removes a member from the index and so from all its rooms. Does nothing if it is not there.
    /// - Parameter handle: the member.
    public mutating func remove(_ handle: Handle) {
        guard let entry = entries[Int(handle.slot)] else { return }
        for room in entry.memberships.rooms { vacate(room, entry.memberships.position(in: room) ?? 0) }
        entries[Int(handle.slot)] = nil
        handles[entry.id] = nil
        freeEntries.append(handle.slot)
        let place = places[Int(handle.slot)]
        let last = everybody.removeLast()
        if last != handle {
            everybody[Int(place)] = last
            places[Int(last.slot)] = place
        }
    }

    /// Puts a member into a room.
    /// - Parameters:
    ///   - handle: the member.
    ///   - room: the room; the member's own id is always joined already.
    /// - Returns: whether it was not there before.
    @discardableResult
    public mutating func join(_ handle: Handle, _ room: String) -> Bool {
        guard let id = entries[Int(handle.slot)]?.id, id != room else { return false }
        let number = roomNumbers[room] ?? open(room)
        guard entries[Int(handle.slot)]?.memberships.position(in: number) == nil else { return false }
        entries[Int(handle.slot)]?.memberships.add(number, position: Int32(rooms[Int(number)].members.count))
        rooms[Int(number)].members.append(handle)
        return true
    }

    /// Takes a member out of a room. Its own id cannot be left.
    /// - Parameters:
    ///   - handle: the member.
    ///   - room: the room.
    /// - Returns: whether it was there before.
    @discardableResult
    public mutating func leave(_ handle: Handle, _ room: String) -> Bool {
        guard let number = roomNumbers[room], let position = entries[Int(handle.slot)]?.memberships.remove(number)
        else { return false }
        vacate(number, position)
        return true
    }

    /// How many rooms a member has joined, its own id not counted.
    /// - Parameter handle: the member.
    /// - Returns: the number; 0 if there is no such member.
    public func roomCount(of handle: Handle) -> Int {
        entries[Int(handle.slot)]?.memberships.count ?? 0
    }

    /// Whether a member is in a room.
    /// - Parameters:
    ///   - handle: the member.
    ///   - room: the room; the member's own id is one that it is in.
    /// - Returns: whether it is; `false` if there is no such member.
    public func contains(_ handle: Handle, _ room: String) -> Bool {
        guard let entry = entries[Int(handle.slot)] else { return false }
        guard entry.id != room else { return true }
        guard let number = roomNumbers[room] else { return false }
        return entry.memberships.position(in: number) != nil
    }

    /// How many members a room has; an id names a room of which its owner is a member.
    /// - Parameter room: the room.
    /// - Returns: the number; 0 if there is no such room.
    public func memberCount(of room: String) -> Int {
        let joined = joinedCount(of: room)
        return handles[room] == nil ? joined : joined + 1
    }

    /// How many members have joined a room: whose id it is does not count.
    /// - Parameter room: the room.
    /// - Returns: the number; 0 if there is no such room.
    public func joinedCount(of room: String) -> Int {
        roomNumbers[room].map { rooms[Int($0)].members.count } ?? 0
    }

    /// The ids of the members of each room, ids as rooms included.
    public var membersByRoom: [String: Set<String>] {
        var members = Dictionary(uniqueKeysWithValues: handles.keys.map { ($0, Set([$0])) })
        for (name, number) in roomNumbers {
            let ids = rooms[Int(number)].members.compactMap { entries[Int($0.slot)]?.id }
            members[name, default: []].formUnion(ids)
        }
        return members
    }

    /// The rooms of a member.
    /// - Parameter handle: the member.
    /// - Returns: its own id, then the rooms in order of joining (for a member of many, only until it leaves one); empty
    ///   if there is no such member.
    public func rooms(of handle: Handle) -> [String] {
        guard let entry = entries[Int(handle.slot)] else { return [] }
        return [entry.id] + entry.memberships.rooms.map { rooms[Int($0)].name }
    }

    private mutating func open(_ name: String) -> Int32 {
        let room = Room(name: name, members: [])
        let number: Int32
        if let free = freeRooms.popLast() {
            number = free
            rooms[Int(free)] = room
        } else {
            number = Int32(rooms.count)
            rooms.append(room)
        }
        roomNumbers[name] = number
        return number
    }

    /// Frees a member's place in a room; the last member of the room moves there. An empty room disappears.
    private mutating func vacate(_ room: Int32, _ position: Int32) {
        let number = Int(room)
        let last = rooms[number].members.removeLast()
        if rooms[number].members.isEmpty {
            roomNumbers[rooms[number].name] = nil
            rooms[number] = Room(name: "", members: [])
            freeRooms.append(room)
        } else if Int(position) < rooms[number].members.count {
            rooms[number].members[Int(position)] = last
            entries[Int(last.slot)]?.memberships.move(in: room, to: position)
        }
    }
}

extension RoomIndex {
    /// Selects the receivers of a broadcast: the members of any of the rooms (all members if none is named) that are
    /// in none of the excepted rooms, each once.
    ///
    /// The result is a snapshot: the index may be changed while it is walked. For one room without exception (or
    /// everybody) it shares the stored list.
    /// - Parameter options: target and excepted rooms; ids count as rooms.
    /// - Returns: handles of the selected members, in no particular order.
    public func select(_ options: BroadcastOptions) -> [Handle] {
        if options.rooms.count <= 1 {
            if options.except.isEmpty { return options.rooms.first.map { members(of: $0) } ?? everybody }
            if options.except.count == 1, let one = soleMember(of: options.except[0]) {
                return members(of: options.rooms.first, without: one)
            }
        }
        var marks = Marks(count: entries.count)
        for room in options.except { for handle in members(of: room) { marks.insert(handle.slot) } }
        let targets = options.rooms.isEmpty ? [everybody] : options.rooms.map { members(of: $0) }
        let most = targets.reduce(0) { $0 + $1.count }
        // The standard library would write to the empty array that all threads share.
        guard most > 0 else { return [] }
        return Array(unsafeUninitializedCapacity: most) { selected, count in
            for handles in targets {
                for handle in handles where marks.insert(handle.slot) {
                    selected.initializeElement(at: count, to: handle)
                    count += 1
                }
            }
        }
    }

    /// The members of a room; an id names a room of which its owner is a member.
    private func members(of room: String) -> [Handle] {
        let joined = roomNumbers[room].map { rooms[Int($0)].members } ?? []
        guard let owner = handles[room] else { return joined }
        return [owner] + joined
    }

    /// The member whose id a room has, if there is no other: the sender that does not get its own event.
    private func soleMember(of room: String) -> Handle? {
        guard let owner = handles[room], roomNumbers[room] == nil else { return nil }
        return owner
    }

    /// The members of a room, or everybody, but for one, whose place is known.
    private func members(of room: String?, without one: Handle) -> [Handle] {
        var members: [Handle]
        let place: Int32?
        if let room {
            guard handles[room] == nil, let number = roomNumbers[room] else {
                return self.members(of: room).filter { $0 != one }
            }
            members = rooms[Int(number)].members
            place = entries[Int(one.slot)]?.memberships.position(in: number)
        } else {
            members = everybody
            place = places[Int(one.slot)]
        }
        guard let place else { return members }
        let last = members.removeLast()
        if Int(place) < members.count { members[Int(place)] = last }
        return members
    }
}

/// A set of slots, one bit each.
private struct Marks {
    private var words: [UInt64]

    init(count: Int) { words = Array(repeating: 0, count: (count + 63) / 64) }

    /// Marks a slot.
    /// - Returns: whether it was not marked before.
    @discardableResult
    mutating func insert(_ slot: Int32) -> Bool {
        let bit: UInt64 = 1 << UInt64(slot & 63)
        let word = Int(slot >> 6)
        let isNew = words[word] & bit == 0
        words[word] |= bit
        return isNew
    }
}
