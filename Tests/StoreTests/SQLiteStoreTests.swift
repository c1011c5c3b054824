import Foundation
import GRDB
import Logging
import StoreConformance
import Support
import Testing

@testable import SQLiteStore

@Suite("SQLite") struct SQLiteStoreTests {
    private let file = TemporaryFile()

    private func open() async throws -> SQLiteStore {
        try await SQLiteStore.open(path: file.path, logger: Logger(label: "test"))
    }

    @Test("conforms", arguments: StoreCheck.all) func conforms(check: StoreCheck) async throws {
        let (one, two) = (try await open(), try await open())
        let path = file.path
        try await check.run(
            SharedDatabase(one: one, two: two) { time in
                try await DatabaseQueue(path: path).write { db in
                    try db.execute(sql: "UPDATE mensajes SET fecha = fecha - ?", arguments: [time / .milliseconds(1)])
                }
            })
    }

    @Test("many nodes create one file at once") func creation() async throws {
        let file = file
        let stores = try await withThrowingTaskGroup(of: SQLiteStore.self) { group in
            for _ in 0..<8 {
                group.addTask { try await SQLiteStore.open(path: file.path, logger: Logger(label: "test")) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        try await stores[0].create(.example("Ana"))
        for store in stores { #expect(try await store.account(named: "ana") != nil) }
    }

    @Test("what was stored is there when the file is opened again, and ids go on") func persistence() async throws {
        let first = try await open()
        try await first.create(.example("Ana"))
        let message = try await first.append(MessageDraft(from: "Ana", to: "Ana", text: "x", clientID: "c")).message
        await first.close()
        let second = try await open()
        #expect(try await second.messages(of: "Ana", HistoryPage(limit: 1)) == [message])
        #expect(try await second.removeMessages(before: .max, limit: 1) == 1)
        await second.close()
        let third = try await open()
        #expect(try await third.append(MessageDraft(from: "Ana", to: "Ana", text: "x")).message.id > message.id)
    }

    @Test("a writer that holds the file makes calls fail in time, and disturbs no reader") func busy() async throws {
        let calls = StoreCalls(deadline: .milliseconds(200))
        let store = try await SQLiteStore.open(path: file.path, calls: calls, logger: Logger(label: "test"))
        try await store.create(.example("Ana"))
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: file.path, configuration: configuration)
        try await other.writeWithoutTransaction { db in try db.beginTransaction(.immediate) }
        await #expect(throws: StoreError.unavailable) {
            try await store.append(MessageDraft(from: "Ana", to: "Ana", text: "x"))
        }
        #expect(try await store.account(named: "Ana") != nil)
        try await other.writeWithoutTransaction { db in try db.rollback() }
        #expect(try await store.append(MessageDraft(from: "Ana", to: "Ana", text: "y")).isNew)
        #expect(try await store.messages(of: "Ana", HistoryPage(limit: 9)).map(\.text) == ["y"])
    }

    @Test("a writer is not kept out by one that writes without pause") func turns() async throws {
        let store = try await open()
        try await store.create(.example("Ana"))
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        configuration.busyMode = .timeout(60)
        let other = try DatabaseQueue(path: file.path, configuration: configuration)
        let (transactions, begun) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let writing = Task {
            defer { begun.finish() }
            // Free for 5 ms of 255: too short for who looks ten times a second.
            while !Task.isCancelled {
                try await other.writeWithoutTransaction { db in
                    try db.beginTransaction(.immediate)
                    begun.yield()
                    Thread.sleep(forTimeInterval: 0.25)
                    try db.rollback()
                    Thread.sleep(forTimeInterval: 0.005)
                }
            }
        }
        defer { writing.cancel() }
        for await _ in transactions.prefix(4) {
            _ = try await store.append(MessageDraft(from: "Ana", to: "Ana", text: "x"))
        }
        #expect(try await store.messages(of: "Ana", HistoryPage(limit: 9)).count == 4)
    }

    @Test("a file that is no database, and a folder that is not there, end the start with one line")
    func unusable() async throws {
        try Data("this is a text of more than a hundred bytes, not a database, ".utf8 + Data(count: 200)).write(
            to: URL(fileURLWithPath: file.path))
        for path in [file.path, file.path + ".missing/support.sqlite"] {
            let error = await #expect(throws: StoreSetupError.self) {
                try await SQLiteStore.open(path: path, logger: Logger(label: "test"))
            }
            let line = try #require(error).description
            #expect(line.hasPrefix("cannot use the database \(path): ") && !line.contains("\n"))
        }
    }

    @Test("commits are on the disk: synchronous = FULL, in WAL mode") func durability() async throws {
        let store = try await open()
        let modes = try await store.pool.write { db in
            (
                try Int.fetchOne(db, sql: "PRAGMA synchronous"), try String.fetchOne(db, sql: "PRAGMA journal_mode"),
                try Int.fetchOne(db, sql: "PRAGMA foreign_keys")
            )
        }
        #expect(modes == (2, "wal", 1))
    }
}

/// A path in a folder of its own, which goes with it.
final class TemporaryFile: Sendable {
    let path: String

    init() {
        // In memory, if that can be: the disk may be busy for seconds with what others do.
        let memory = URL(fileURLWithPath: "/dev/shm")
        let isThere = FileManager.default.isWritableFile(atPath: memory.path)
        let parent = isThere ? memory : FileManager.default.temporaryDirectory
        let folder = parent.appendingPathComponent("store-\(UUID().uuidString)")
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.appendingPathComponent("support.sqlite").path
    }

    deinit {
        try? FileManager.default.removeItem(at: URL(fileURLWithPath: path).deletingLastPathComponent())
    }
}
