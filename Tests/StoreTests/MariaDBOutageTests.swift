import MariaDBStore
import StoreConformance
import Support
import Synchronization
import TestSupport
import Testing

@Suite("Outages of MariaDB") struct MariaDBOutageTests {
    private func withStore(
        _ calls: StoreCalls = StoreCalls(), configure: (inout MariaDBConfiguration) -> Void = { _ in },
        _ body: (MariaDBServer, MariaDBStore) async throws -> Void
    ) async throws {
        let server = try await MariaDBServer.start()
        defer { server.stop() }
        try server.sql("CREATE DATABASE registro_db")
        var configuration = server.configuration("registro_db")
        configure(&configuration)
        let store = try await MariaDBStore.open(configuration, calls: calls, logger: quiet)
        try await store.create(.example("admin", role: .admin))
        try await store.create(.example("Ana"))
        try await body(server, store)
        await store.close()
    }

    @Test("140: while the server is away calls fail, and afterwards they work, without anybody's help")
    func restart() async throws {
        try await withStore { server, store in
            let kept = try await store.append(MessageDraft(from: "Ana", to: "admin", text: "before")).message
            for round in 0..<2 {
                server.stop()
                for _ in 0..<20 {
                    await #expect(throws: StoreError.unavailable) {
                        try await store.append(MessageDraft(from: "Ana", to: "admin", text: "meanwhile"))
                    }
                }
                await #expect(throws: StoreError.unavailable) { try await store.check() }
                #expect(!store.metrics.isAvailable)
                try await server.restart()
                #expect(await eventually { (try? await store.check()) != nil })
                #expect(store.metrics.isAvailable)
                #expect(try await store.messages(of: "Ana", HistoryPage(limit: 9)).count == 1 + round)
                _ = try await store.append(MessageDraft(from: "Ana", to: "admin", text: "after"))
            }
            let texts = try await store.messages(of: "Ana", HistoryPage(limit: 9)).map(\.text)
            #expect(texts == ["before", "after", "after"] && kept.id == 1)
        }
    }

    @Test("a restart between two calls is not noticed") func idle() async throws {
        try await withStore { server, store in
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<20 { group.addTask { try? await store.check() } }
            }
            try await server.restart()
            #expect(try await store.append(MessageDraft(from: "Ana", to: "admin", text: "x")).isNew)
        }
    }

    @Test("calls to a server that stands still end by their deadline, are not too many, and leave nothing behind")
    func frozen() async throws {
        try await withStore(StoreCalls(deadline: .milliseconds(300), limit: 10), configure: { $0.connections = 2 }) {
            server, store in
            server.pause()
            let failures = await withTaskGroup(of: Bool.self, returning: Int.self) { group in
                for number in 0..<50 {
                    let draft = MessageDraft(from: "Ana", to: "admin", text: "\(number)")
                    group.addTask { (try? await store.append(draft)) == nil }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(failures == 50 && store.metrics.underWay == 0)
            server.resume()
            #expect(await eventually { (try? await store.check()) != nil })
            let stored = try await store.messages(of: "Ana", HistoryPage(limit: 100))
            #expect(stored == [], "nobody committed after the deadline")
        }
    }

    @Test("killed while many append: what was acknowledged is there, and what is tried again is there once")
    func killed() async throws {
        try await withStore { server, store in
            let acknowledged = Recorder<StoredMessage>()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<8 {
                    group.addTask {
                        for number in 0..<40 {
                            let name = "\(writer) \(number)"
                            let draft = MessageDraft(from: "Ana", to: "admin", text: name, clientID: name)
                            // As a client does: again until it is acknowledged.
                            while true {
                                if let message = try? await store.append(draft).message {
                                    acknowledged.record(message)
                                    break
                                }
                                try await Task.sleep(for: .milliseconds(5))
                            }
                        }
                    }
                }
                for goal in [60, 180] {
                    #expect(await eventually(within: .seconds(60)) { acknowledged.all.count >= goal })
                    try await server.restart()
                }
                try await group.waitForAll()
            }
            let stored = try await store.messages(of: "admin", HistoryPage(limit: 1000))
            #expect(stored == acknowledged.all.sorted { $0.id < $1.id })
            #expect(stored.count == 320)
        }
    }

    @Test("a node starts before its database") func absent() async throws {
        let server = try await MariaDBServer.start()
        defer { server.stop() }
        try server.sql("CREATE DATABASE registro_db")
        server.stop()
        let store = try await MariaDBStore.open(server.configuration("registro_db"), logger: quiet)
        await #expect(throws: StoreError.unavailable) { try await store.check() }
        try await server.restart()
        #expect(await eventually { (try? await store.create(.example("Ana"))) != nil })
        await store.close()
    }
}
