import Cluster
import Testing

@Suite("Room index")
struct RoomIndexTests {
    var index = RoomIndex()
    let ann, bob, cid: RoomIndex.Handle

    init() {
        ann = index.insert(id: "a")
        bob = index.insert(id: "b")
        cid = index.insert(id: "c")
    }

    func selected(_ rooms: [String] = [], except: [String] = []) -> [String] {
        index.select(BroadcastOptions(rooms: rooms, except: except)).compactMap { index.rooms(of: $0).first }.sorted()
    }

    @Test("no room selects everybody")
    func everybody() {
        #expect(selected() == ["a", "b", "c"])
    }

    @Test("a room selects its members, an unknown room nobody")
    mutating func room() {
        index.join(ann, "r")
        index.join(cid, "r")
        #expect(selected(["r"]) == ["a", "c"])
        #expect(selected(["s"]) == [])
    }

    @Test("a member of several target rooms is selected once")
    mutating func union() {
        index.join(ann, "r")
        index.join(ann, "s")
        index.join(bob, "s")
        #expect(selected(["r", "s", "a"]) == ["a", "b"])
    }

    @Test("an id is a room of its own, and others may join it")
    mutating func idRoom() {
        #expect(selected(["b"]) == ["b"])
        index.join(cid, "b")
        #expect(selected(["b"]) == ["b", "c"])
        #expect(index.rooms(of: bob) == ["b"])
    }

    @Test("the own id is joined already and cannot be left")
    mutating func ownID() {
        let changes = [index.join(ann, "a"), index.leave(ann, "a")]
        #expect(changes == [false, false])
        #expect(selected(["a"]) == ["a"])
    }

    @Test("excepted rooms and ids are left out")
    mutating func except() {
        index.join(ann, "r")
        index.join(bob, "r")
        #expect(selected(except: ["r"]) == ["c"])
        #expect(selected(["r"], except: ["a"]) == ["b"])
        #expect(selected(["r"], except: ["a", "b"]) == [])
        #expect(selected(["r", "c"], except: ["b", "nobody"]) == ["a", "c"])
    }

    @Test("joining twice counts once; leaving says whether one was there")
    mutating func joinAndLeave() {
        let joined = [index.join(ann, "r"), index.join(ann, "r")]
        #expect(joined == [true, false])
        #expect(index.roomCount(of: ann) == 1)
        let left = [index.leave(ann, "r"), index.leave(ann, "r")]
        #expect(left == [true, false])
        #expect(selected(["r"]) == [])
    }

    @Test("a member of many rooms joins, leaves and is removed as one of few")
    func manyRooms() {
        var index = RoomIndex()
        let (ann, bob) = (index.insert(id: "a"), index.insert(id: "b"))
        let names = (0..<200).map { "room \($0)" }
        for name in names {
            #expect(index.join(ann, name) && !index.join(ann, name))
            index.join(bob, name)
        }
        #expect(index.rooms(of: ann) == ["a"] + names && index.roomCount(of: ann) == 200)
        for name in names.prefix(150) {
            #expect(index.contains(ann, name) && index.leave(ann, name) && !index.leave(ann, name))
            #expect(!index.contains(ann, name) && index.memberCount(of: name) == 1)
        }
        #expect(Set(index.rooms(of: ann)) == Set(["a"] + names.suffix(50)))
        for name in names { #expect(index.select(BroadcastOptions(rooms: [name])).contains(bob)) }
        index.remove(ann)
        #expect(index.membersByRoom == Dictionary(uniqueKeysWithValues: (["b"] + names).map { ($0, ["b"]) }))
        index.remove(bob)
        #expect(index.roomNames.isEmpty && index.memberCount(of: "room 199") == 0)
    }

    @Test("an id counts as a room: who is in it, and how many")
    func idsAsRooms() {
        var index = RoomIndex()
        let (ann, bob) = (index.insert(id: "a"), index.insert(id: "b"))
        index.join(bob, "a")
        #expect(index.contains(ann, "a") && index.contains(bob, "a") && !index.contains(ann, "b"))
        #expect(index.memberCount(of: "a") == 2 && index.memberCount(of: "b") == 1 && index.memberCount(of: "c") == 0)
        #expect(index.membersByRoom == ["a": ["a", "b"], "b": ["b"]])
        index.remove(ann)
        #expect(!index.contains(ann, "a") && index.memberCount(of: "a") == 1)
    }

    @Test("rooms are listed in order of joining and vanish with their last member")
    mutating func roomNames() {
        index.join(ann, "r")
        index.join(ann, "s")
        index.join(bob, "s")
        #expect(index.rooms(of: ann) == ["a", "r", "s"])
        index.remove(ann)
        #expect(Array(index.roomNames) == ["s"])
        #expect(index.rooms(of: ann) == [])
        #expect(index.roomCount(of: ann) == 0)
    }

    @Test("a removed member is selected nowhere, and its slot serves the next one without its rooms")
    mutating func remove() {
        index.join(ann, "r")
        index.join(bob, "r")
        index.remove(ann)
        index.remove(ann)
        #expect(index.count == 2)
        let dan = index.insert(id: "d")
        #expect(selected() == ["b", "c", "d"])
        #expect(selected(["r"]) == ["b"])
        #expect(index.rooms(of: dan) == ["d"])
        #expect(index.handle(of: "a") == nil)
        #expect(index.handle(of: "d") == dan)
        #expect(dan.slot == ann.slot)
        #expect(index.capacity == 3)
    }

    @Test("a selection outlives changes of the index")
    mutating func snapshot() {
        index.join(ann, "r")
        index.join(bob, "r")
        let before = index.select(BroadcastOptions(rooms: ["r"]))
        index.remove(ann)
        #expect(Set(before) == [ann, bob])
        #expect(index.select(BroadcastOptions(rooms: ["r"])) == [bob])
    }

    @Test("random operations agree with sets", arguments: [1, 2, 3] as [UInt64])
    func model(seed: UInt64) {
        var random = Seeded(state: seed)
        var index = RoomIndex()
        var handles: [Int: RoomIndex.Handle] = [:]
        var model: [Int: Set<String>] = [:]
        func pick() -> String { "r\(Int.random(in: 0..<6, using: &random))" }
        for step in 0..<3_000 {
            let known = model.keys.sorted().randomElement(using: &random)
            switch (Int.random(in: 0..<6, using: &random), known) {
            case (0, _), (_, nil):
                handles[step] = index.insert(id: "id\(step)")
                model[step] = ["id\(step)"]
            case (1, let member?):
                if let handle = handles.removeValue(forKey: member) { index.remove(handle) }
                model[member] = nil
            case (2, let member?), (3, let member?):
                let room = pick()
                if let handle = handles[member] {
                    let isNew = model[member, default: []].insert(room).inserted
                    let joined = index.join(handle, room)
                    #expect(joined == isNew)
                }
            case (4, let member?):
                let room = pick()
                if let handle = handles[member] {
                    let wasThere = model[member, default: []].remove(room) != nil
                    let left = index.leave(handle, room)
                    #expect(left == wasThere)
                }
            default:
                let rooms = (0..<Int.random(in: 0..<3, using: &random)).map { _ in pick() }
                // Nobody, a room, the only member of a room, or that and a room: each is selected in its own way.
                var except = Bool.random(using: &random) ? [] : [pick()]
                if let known, Bool.random(using: &random) { except.append("id\(known)") }
                let expected = model.filter { member in
                    (rooms.isEmpty || !member.value.isDisjoint(with: rooms)) && member.value.isDisjoint(with: except)
                }
                let selected = index.select(BroadcastOptions(rooms: rooms, except: except))
                #expect(selected.count == expected.count)
                #expect(Set(selected) == Set(expected.keys.compactMap { handles[$0] }))
            }
        }
        #expect(index.count == model.count)
        #expect(Set(index.roomNames).union(index.ids) == model.values.reduce(into: Set()) { $0.formUnion($1) })
    }
}

/// A small generator with a known seed (xorshift).
private struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
