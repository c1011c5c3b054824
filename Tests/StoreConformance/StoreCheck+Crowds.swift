import Support
import Testing

extension StoreCheck {
    static let crowds = [
        StoreCheck("154: who follows a history while many write misses nothing and sees nothing twice") { shared in
            try await shared.addPeople()
            for number in 0..<6 { try await shared.one.create(.example("user\(number)")) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<6 {
                    let store = number % 2 == 0 ? shared.one : shared.two
                    group.addTask {
                        for round in 0..<25 {
                            let (user, text) = ("user\(number)", "\(number) \(round)")
                            let draft =
                                round % 3 == 0
                                ? MessageDraft(from: "admin", to: user, text: text)
                                : MessageDraft(from: user, to: "admin", text: text)
                            _ = try await store.append(draft)
                        }
                    }
                }
                group.addTask {
                    let followed = try await follow("admin", on: shared.two, count: 150)
                    #expect(followed.map(\.id) == followed.map(\.id).sorted())
                    #expect(Set(followed.map(\.text)).count == 150)
                    for number in 0..<6 {
                        let texts = followed.map(\.text).filter { $0.hasPrefix("\(number) ") }
                        #expect(texts == (0..<25).map { "\(number) \($0)" })
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await shared.one.messages(of: "admin", HistoryPage(limit: 1000)).count == 150)
        },
        StoreCheck("147: 1,000 quick messages are listed in the order of their commits") { shared in
            try await shared.addPeople()
            var sent: [StoredMessage] = []
            for number in 0..<1000 { sent.append(try await shared.send("Ana", "admin", "\(number)")) }
            #expect(try await shared.two.messages(of: "Ana", HistoryPage(limit: 1000)) == sent)
            #expect(sent.map(\.milliseconds) == sent.map(\.milliseconds).sorted())
        },
        StoreCheck("people who write to each other crosswise do not block each other") { shared in
            let names = ["Ana", "Bea", "Carla", "David"]
            for name in names { try await shared.one.create(.example(name)) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for sender in names {
                    for (store, part) in [(shared.one, 0), (shared.two, 1)] {
                        group.addTask {
                            for round in 0..<20 {
                                let recipient = names[(round + part) % names.count]
                                _ = try await store.append(MessageDraft(from: sender, to: recipient, text: "\(round)"))
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await shared.one.messages(of: "Ana", HistoryPage(limit: 1000)).count == 70)
        },
    ]
}

/// Reads what is new, again and again, until that many messages have been seen; as a client does that catches up.
private func follow(_ name: String, on store: any SupportStore, count: Int) async throws -> [StoredMessage] {
    var seen: [StoredMessage] = []
    let end = ContinuousClock.now + .seconds(60)
    while seen.count < count, ContinuousClock.now < end {
        try Task.checkCancellation()
        seen += try await store.messages(of: name, HistoryPage(after: seen.last?.id ?? 0, limit: 7))
    }
    return seen
}
