import Support
import Testing

extension StoreCheck {
    static let accounts = [
        StoreCheck("an account comes back as registered, on every node, asked for in any letters of case") { shared in
            var account = Account.example("María-José", role: .admin)
            account.image = "/resources/maria.png"
            try await shared.one.create(account)
            #expect(try await shared.one.account(named: "María-José") == account)
            #expect(try await shared.two.account(named: "MARÍA-josé") == account)
            #expect(try await shared.two.account(named: "Mario") == nil)
            #expect(try await shared.two.account(named: "María-José\u{0}x") == nil)
            #expect(try await shared.two.account(named: "' OR 1=1 --") == nil)
        },
        StoreCheck("159: a name is taken, in any letters of case") { shared in
            try await shared.one.create(.example("Ana"))
            for name in ["Ana", "ana", "ANA"] {
                await #expect(throws: StoreError.duplicate) { try await shared.two.create(.example(name)) }
            }
            try await shared.two.create(.example("Anna"))
            #expect(try await shared.one.account(named: "ana")?.name == "Ana")
        },
        StoreCheck("of many who register one name at once, one does") { shared in
            let created = await withTaskGroup(of: Bool.self, returning: Int.self) { group in
                for number in 0..<20 {
                    let store = number % 2 == 0 ? shared.one : shared.two
                    group.addTask {
                        (try? await store.create(.example(number % 3 == 0 ? "Ana" : "ana"))) != nil
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(created == 1)
        },
        StoreCheck("a role changes, for accounts that there are") { shared in
            try await shared.one.create(.example("Ana"))
            #expect(try await shared.two.setRole(.admin, of: "ana"))
            #expect(try await shared.one.account(named: "Ana")?.role == .admin)
            #expect(try await shared.two.setRole(.admin, of: "Ana"), "as it was")
            #expect(try await !shared.two.setRole(.admin, of: "Bea"))
        },
        StoreCheck("an account is removed with the messages it wrote and got, others stay") { shared in
            try await shared.addPeople()
            try await shared.send("Ana", "admin", "1")
            try await shared.send("admin", "Ana", "2")
            try await shared.send("Ana", "Ana", "3")
            let kept = try await shared.send("Bea", "admin", "4")
            #expect(try await shared.two.remove(account: "ANA"))
            #expect(try await shared.one.account(named: "Ana") == nil)
            #expect(try await shared.one.messages(of: "Ana", HistoryPage(limit: 10)) == [])
            #expect(try await shared.one.messages(of: "admin", HistoryPage(limit: 10)) == [kept])
            #expect(try await !shared.two.remove(account: "Ana"))
        },
        StoreCheck("a login that was ended is so on every node, until its token has expired") { shared in
            let later = Int64(4_102_444_800)
            #expect(try await !shared.two.isRevoked(session: "a"))
            try await shared.one.revoke(session: "a", until: later)
            try await shared.two.revoke(session: "a", until: later)
            try await shared.one.revoke(session: "expired", until: 1)
            #expect(try await shared.two.isRevoked(session: "a"))
            #expect(try await !shared.two.isRevoked(session: "A"), "an identifier, no name")
            #expect(try await !shared.two.isRevoked(session: "a "))
            try await shared.one.revoke(session: "b", until: later)
            #expect(try await !shared.two.isRevoked(session: "expired"), "forgotten")
            #expect(try await shared.two.isRevoked(session: "a"))
        },
    ]
}
