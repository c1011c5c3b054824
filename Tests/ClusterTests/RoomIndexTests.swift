import Cluster
import Testing

@Suite("Room index")
struct RoomIndexTests {
    var index = RoomIndex<String>()
    let ann, bob, cid: RoomIndex<String>.Handle

    init() {
        ann = index.insert("Ann", id: "a")
        bob = index.insert("Bob", id: "b")
        cid = index.insert("Cid", id: "c")
    }

    func selected(_ rooms: [String] = [], except: [String] = []) -> [String] {
        index.select(BroadcastOptions(rooms: rooms, except: except)).compactMap { index[$0] }.sorted()
    }

    @Test("no room selects everybody")
    func everybody() {
        #expect(selected() == ["Ann", "Bob", "Cid"])
    }

    @Test("a room selects its members, an unknown room nobody")
    mutating func room() {
        index.join(ann, "r")
        index.join(cid, "r")
        #expect(selected(["r"]) == ["Ann", "Cid"])
        #expect(selected(["s"]) == [])
    }

    @Test("a member of several target rooms is selected once")
    mutating func union() {
        index.join(ann, "r")
        index.join(ann, "s")
        index.join(bob, "s")
        #expect(selected(["r", "s", "a"]) == ["Ann", "Bob"])
    }

    @Test("an id is a room of its own, and others may join it")
    mutating func idRoom() {
        #expect(selected(["b"]) == ["Bob"])
        index.join(cid, "b")
        #expect(selected(["b"]) == ["Bob", "Cid"])
        #expect(index.rooms(of: bob) == ["b"])
    }

    @Test("the own id is joined already and cannot be left")
    mutating func ownID() {
        let changes = [index.join(ann, "a"), index.leave(ann, "a")]
        #expect(changes == [false, false])
        #expect(selected(["a"]) == ["Ann"])
    }

    @Test("excepted rooms and ids are left out")
    mutating func except() {
        index.join(ann, "r")
        index.join(bob, "r")
        #expect(selected(except: ["r"]) == ["Cid"])
        #expect(selected(["r"], except: ["a"]) == ["Bob"])
        #expect(selected(["r"], except: ["a", "b"]) == [])
        #expect(selected(["r", "c"], except: ["b", "nobody"]) == ["Ann", "Cid"])
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
        #expect(index[ann] == nil)
        #expect(index.count == 2)
        let dan = index.insert("Dan", id: "d")
        #expect(selected() == ["Bob", "Cid", "Dan"])
        #expect(selected(["r"]) == ["Bob"])
        #expect(index.rooms(of: dan) == ["d"])
        #expect(index.handle(of: "a") == nil)
        #expect(index.handle(of: "d") == dan)
    }

    @Test("a selection outlives changes of the index")
    mutating func snapshot() {
        index.join(ann, "r")
        index.join(bob, "r")
        let before = index.select(BroadcastOptions(rooms: ["r"]))
        index.remove(ann)
        #expect(before.count == 2)
        #expect(before.compactMap { index[$0] } == ["Bob"])
    }

    @Test("random operations agree with sets", arguments: [1, 2, 3] as [UInt64])
    func model(seed: UInt64) {
        var random = Seeded(state: seed)
        var index = RoomIndex<Int>()
        var handles: [Int: RoomIndex<Int>.Handle] = [:]
        var model: [Int: Set<String>] = [:]
        func pick() -> String { "r\(Int.random(in: 0..<6, using: &random))" }
        for step in 0..<3_000 {
            let known = model.keys.sorted().randomElement(using: &random)
            switch (Int.random(in: 0..<6, using: &random), known) {
            case (0, _), (_, nil):
                handles[step] = index.insert(step, id: "id\(step)")
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
                let rooms = Int.random(in: 0..<3, using: &random) == 0 ? [] : [pick(), pick()]
                let except = [pick()]
                let expected = model.filter { member in
                    (rooms.isEmpty || !member.value.isDisjoint(with: rooms)) && member.value.isDisjoint(with: except)
                }
                let selected = index.select(BroadcastOptions(rooms: rooms, except: except)).compactMap { index[$0] }
                #expect(selected.sorted() == expected.keys.sorted())
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
