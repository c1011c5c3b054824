import Support
import Testing

extension StoreCheck {
    static let reading = [
        StoreCheck("151, 152: a history has both directions, oldest first, and nobody else's") { shared in
            try await shared.addPeople()
            let mine = [
                try await shared.send("Ana", "admin", "1"), try await shared.send("admin", "Ana", "2"),
                try await shared.send("Ana", "Bea", "3"), try await shared.send("Ana", "Ana", "to myself"),
            ]
            try await shared.send("Bea", "admin", "4")
            #expect(try await shared.two.messages(of: "Ana", HistoryPage(limit: 100)) == mine)
            #expect(try await shared.two.messages(of: "nadie", HistoryPage(limit: 100)) == [])
        },
        StoreCheck("154: pages") { shared in
            try await shared.addPeople()
            var ids: [Int64] = []
            for number in 0..<10 {
                let (sender, recipient) = number % 2 == 0 ? ("Ana", "admin") : ("admin", "Ana")
                ids.append(try await shared.send(sender, recipient, "\(number)").id)
                try await shared.send("Bea", "admin", "between")
            }
            func read(after: Int64? = nil, upTo: Int64? = nil, _ limit: Int) async throws -> [Int64] {
                let page = HistoryPage(after: after, upTo: upTo, limit: limit)
                return try await shared.two.messages(of: "ana", page).map(\.id)
            }
            #expect(try await read(3) == Array(ids[7...]), "the newest")
            #expect(try await read(upTo: ids[6], 3) == Array(ids[4...6]))
            #expect(try await read(after: ids[1], 3) == Array(ids[2...4]), "the oldest behind")
            #expect(try await read(after: ids[1], upTo: ids[3], 100) == Array(ids[2...3]))
            #expect(try await read(after: 0, 100) == ids)
            #expect(try await read(after: ids[9], 100) == [])
            #expect(try await read(after: .max, 100) == [])
            #expect(try await read(after: .min, upTo: .max, .max) == ids)
            #expect(try await read(upTo: .min, 100) == [])
            for limit in [0, -1, .min] { #expect(try await read(limit) == []) }
        },
        StoreCheck("163: the messages of all accounts, each once, in pages") { shared in
            try await shared.addPeople()
            let all = [
                try await shared.send("Ana", "admin", "1"), try await shared.send("admin", "Bea", "2"),
                try await shared.send("Bea", "Ana", "3"), try await shared.send("Ana", "Ana", "4"),
            ]
            #expect(try await shared.two.messages(HistoryPage(limit: 100)) == all)
            #expect(try await shared.two.messages(HistoryPage(limit: 2)) == Array(all[2...]), "the newest")
            #expect(try await shared.two.messages(HistoryPage(after: all[0].id, limit: 2)) == Array(all[1...2]))
            #expect(try await shared.two.messages(HistoryPage(upTo: all[1].id, limit: 9)) == Array(all[...1]))
            #expect(try await shared.two.messages(HistoryPage(after: all[3].id, limit: 9)) == [])
            #expect(try await shared.two.messages(HistoryPage(limit: 0)) == [])
        },
        StoreCheck("153: who has a conversation with the desk, the last one first") { shared in
            try await shared.addPeople()
            try await shared.one.create(.example("root", role: .admin))
            for name in ["Carla", "David", "Eva"] { try await shared.one.create(.example(name)) }
            #expect(try await shared.two.conversations() == [])
            try await shared.send("Ana", "admin", "1")
            try await shared.send("root", "Bea", "only written to")
            try await shared.send("Carla", "David", "users among themselves")
            try await shared.send("admin", "root", "administrators among themselves")
            #expect(try await shared.two.conversations() == ["Bea", "Ana"])
            try await shared.send("ana", "ROOT", "2")
            #expect(try await shared.two.conversations() == ["Ana", "Bea"])
            #expect(try await shared.one.setRole(.admin, of: "Ana"))
            #expect(try await shared.two.conversations() == ["Bea"])
            #expect(try await shared.one.setRole(.admin, of: "david"))
            #expect(try await shared.two.conversations() == ["Carla", "Bea"])
        },
        StoreCheck("old messages are removed in small steps, and no id is given twice") { shared in
            try await shared.addPeople()
            for number in 0..<5 { try await shared.send("Ana", "admin", "\(number)", clientID: "\(number)") }
            try await shared.age(.seconds(3600))
            let kept = try await shared.send("Ana", "admin", "kept")
            let limit = kept.milliseconds - 60_000
            #expect(try await shared.two.removeMessages(before: limit, limit: 0) == 0)
            #expect(try await shared.two.removeMessages(before: limit, limit: 2) == 2)
            #expect(try await shared.one.messages(of: "Ana", HistoryPage(limit: 1, first: true)).map(\.text) == ["2"])
            #expect(try await shared.one.removeMessages(before: limit, limit: 10) == 3)
            #expect(try await shared.one.removeMessages(before: limit, limit: 10) == 0)
            #expect(try await shared.two.messages(of: "Ana", HistoryPage(limit: 10)) == [kept])
            #expect(try await shared.two.removeMessages(before: kept.milliseconds, limit: 10) == 0)
            #expect(try await shared.two.removeMessages(before: kept.milliseconds + 1, limit: 10) == 1)
            #expect(try await shared.send("Ana", "admin", "next").id > kept.id)
        },
    ]
}

extension HistoryPage {
    fileprivate init(limit: Int, first: Bool) {
        self.init(after: first ? 0 : nil, limit: limit)
    }
}
