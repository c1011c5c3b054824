import Cluster

/// The rooms of a shard with 1,000 members, each in a room of 10 and in a room of 500.
extension Benchmark {
    static let rooms: [Benchmark] = [
        selecting("everybody", BroadcastOptions()),
        selecting("everybodyButOne", BroadcastOptions(except: [id(17)])),
        selecting("roomOfTen", BroadcastOptions(rooms: ["ten 42"])),
        selecting("roomOfTenButOne", BroadcastOptions(rooms: ["ten 42"], except: [id(420)])),
        selecting("oneSocket", BroadcastOptions(rooms: [id(17)])),
        selecting("union", BroadcastOptions(rooms: ["ten 1", "ten 2", id(17)])),
        selecting("unionWithExcept", BroadcastOptions(rooms: ["half 0", "ten 42"], except: ["ten 2", id(17)])),
        Benchmark("rooms.joinAndLeave", state: { full }) { index in
            guard let member = index.handle(of: id(17)) else { return }
            index.join(member, "ten 42")
            index.leave(member, "ten 42")
        },
        Benchmark("rooms.insertAndRemove", state: { full }) { index in
            let member = index.insert(id: id(1000))
            index.join(member, "ten 42")
            index.remove(member)
        },
    ]

    private static func selecting(_ name: String, _ options: BroadcastOptions) -> Benchmark {
        Benchmark("rooms.select.\(name)") {
            let index = full
            return { keep(index.select(options)) }
        }
    }

    private static let full: RoomIndex = {
        var index = RoomIndex()
        for number in 0..<1000 {
            let member = index.insert(id: id(number))
            index.join(member, "ten \(number / 10)")
            index.join(member, "half \(number % 2)")
        }
        return index
    }()

    private static func id(_ number: Int) -> String { ids[number] }

    /// As long as socket ids are.
    private static let ids = (1000...2000).map { "Ab3_x-0aaaaaaaaa\($0)" }
}
