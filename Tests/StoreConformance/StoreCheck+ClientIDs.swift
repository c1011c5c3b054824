import Support
import Testing

extension StoreCheck {
    static let clientIDs = [
        StoreCheck("146: what has the same client id is stored once") { shared in
            try await shared.addPeople()
            let draft = MessageDraft(from: "Ana", to: "admin", text: "once", clientID: "c1")
            let first = try await shared.one.append(draft)
            #expect(first.isNew)
            #expect(try await shared.two.append(draft) == .repeated(first.message))
            let other = MessageDraft(from: "ana", to: "Bea", text: "other", clientID: "c1")
            #expect(try await shared.two.append(other) == .repeated(first.message), "the first one counts")
            #expect(try await shared.one.messages(of: "Ana", HistoryPage(limit: 10)) == [first.message])
        },
        StoreCheck("a client id is its sender's own, and taken letter by letter") { shared in
            try await shared.addPeople()
            let ids = ["c", "C", "c ", "ç", "", "c\u{0}", "😀", "😁", String(repeating: "😀", count: 64)]
            for id in ids {
                for sender in ["Ana", "Bea"] {
                    let draft = MessageDraft(from: sender, to: "admin", text: id, clientID: id)
                    #expect(try await shared.one.append(draft).isNew, "\(id.debugDescription)")
                    #expect(try await !shared.two.append(draft).isNew, "\(id.debugDescription)")
                }
            }
            #expect(try await shared.one.messages(of: "admin", HistoryPage(limit: 100)).count == 2 * ids.count)
        },
        StoreCheck("146: sent many times at once, through two nodes, it is one row") { shared in
            try await shared.addPeople()
            for round in 0..<10 {
                let draft = MessageDraft(from: "Ana", to: "admin", text: "x", clientID: "round \(round)")
                let outcomes = try await withThrowingTaskGroup(of: AppendOutcome.self) { group in
                    for number in 0..<8 {
                        let store = number % 2 == 0 ? shared.one : shared.two
                        group.addTask { try await store.append(draft) }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(outcomes.count { $0.isNew } == 1)
                #expect(Set(outcomes.map(\.message.id)).count == 1)
            }
            #expect(try await shared.two.messages(of: "Ana", HistoryPage(limit: 100)).count == 10)
        },
        StoreCheck("a client id is free again after 24 hours") { shared in
            try await shared.addPeople()
            let first = try await shared.send("Ana", "admin", "first", clientID: "c")
            try await shared.age(.seconds(24 * 3600 - 60))
            let draft = MessageDraft(from: "Ana", to: "admin", text: "second", clientID: "c")
            #expect(try await shared.two.append(draft).message.id == first.id)
            try await shared.age(.seconds(120))
            let second = try await shared.two.append(draft)
            #expect(second.isNew && second.message.id > first.id)
            #expect(try await shared.one.append(draft) == .repeated(second.message))
            #expect(try await shared.one.messages(of: "Ana", HistoryPage(limit: 9)).map(\.text) == ["first", "second"])
        },
    ]
}
