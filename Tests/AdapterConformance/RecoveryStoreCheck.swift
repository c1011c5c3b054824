public import Adapter
import Cluster
import NIOCore
import SocketIO
import TestSupport
import Testing

/// One of the things that every recovery store must do; see ``AdapterCheck``. Each runs with a new store of one node, made
/// with the check's limits.
public struct RecoveryStoreCheck: Sendable, CustomStringConvertible {
    /// What is checked, as a sentence.
    public let description: String
    /// How much the store is to keep.
    public let limits: RecoveryLimits
    private let body: @Sendable (RecoverySubject) async throws -> Void

    init(
        _ description: String, limits change: (inout RecoveryLimits) -> Void = { _ in },
        body: @escaping @Sendable (RecoverySubject) async throws -> Void
    ) {
        self.description = description
        var limits = RecoveryLimits()
        change(&limits)
        self.limits = limits
        self.body = body
    }

    /// Runs the check; records issues with Swift Testing.
    /// - Parameter store: not started yet.
    /// - Throws: what a failed requirement throws.
    public func run(_ store: any RecoveryStore) async throws { try await body(RecoverySubject(store)) }

    /// The list.
    public static let all: [RecoveryStoreCheck] = repeating + refusals + ends
}

/// A store, and what is done with it again and again.
struct RecoverySubject: Sendable {
    let store: any RecoveryStore
    let expired = Recorder<String>()

    init(_ store: any RecoveryStore) {
        self.store = store
        store.start(RecoveryEvents { [expired] in expired.record($0.pid) })
    }

    /// A socket is connected now, and lost at once. Its private id is made of one letter.
    func lose(_ letter: Character, in namespace: String = "/") -> RecoverableSession {
        let session = RecoverableSession(
            id: String(repeating: letter, count: 20), pid: String(repeating: letter, count: 20), namespace: namespace,
            rooms: [String(repeating: letter, count: 20), "r"], data: ["n": 1], start: store.offset(in: namespace))
        store.save(session)
        return session
    }

    /// An event of this node.
    @discardableResult
    func send(_ arguments: Arguments, to rooms: String..., except: [String] = []) -> RecordedEvent {
        store.append(arguments, in: "/", to: BroadcastOptions(rooms: rooms, except: except), isForeign: false)
    }

    /// What is repeated to a client that comes back, without offsets; `nil` if it is not restored.
    func restore(_ session: RecoverableSession, offset: String? = nil) async -> [Arguments]? {
        guard let missed = await store.restore(session.pid, in: session.namespace, offset: offset) else { return nil }
        return missed.events.map { missed in
            var values = missed.event.values
            #expect(values.popLast() == .string(missed.offset))
            return Arguments(values)
        }
    }
}

extension RecoveryStoreCheck {
    private static let repeating = [
        RecoveryStoreCheck("every event is delivered with an offset of its own behind it") { subject in
            let recorded = (0..<3).map { subject.send(["b", .int(Int64($0)), .binary(ByteBuffer(bytes: [7]))]) }
            let offsets = try recorded.map { try #require($0.delivered.values.last?.string) }
            #expect(Set(offsets).count == 3)
            for (number, event) in recorded.enumerated() {
                let expected: [Value] = [
                    "b", .int(Int64(number)), .binary(ByteBuffer(bytes: [7])), .string(offsets[number]),
                ]
                #expect(event.delivered.values == expected)
            }
            #expect(Set(recorded.compactMap(\.id)).count == 3)
        },
        RecoveryStoreCheck("a session is restored once, with what it missed, in order and in the form that was sent") {
            subject in
            subject.send(["before"])
            let session = subject.lose("p")
            subject.send(["all", .binary(ByteBuffer(bytes: [1, 2]))])
            subject.send(["not for it"], to: "s")
            subject.send(["not for it"], except: ["r"])
            subject.send(["room", 1.5], to: "s", "r")
            subject.send(["itself", ["a": nil]], to: session.id)
            let found = try #require(await subject.store.session(session.pid, in: "/", offset: nil))
            #expect(found == session)
            let expected: [Arguments] = [
                ["all", .binary(ByteBuffer(bytes: [1, 2]))], ["room", 1.5], ["itself", ["a": nil]],
            ]
            #expect(await subject.restore(session) == expected)
            #expect(await subject.restore(session) == nil)
            #expect(await subject.store.session(session.pid, in: "/", offset: nil) == nil)
            #expect((subject.store.statistics.restored, subject.store.statistics.failed) == (1, 2))
        },
        RecoveryStoreCheck("what was repeated, and everything before, counts as received") { subject in
            let before = subject.send(["before"])
            let session = subject.lose("p")
            let during = subject.send(["during"])
            let missed = try #require(await subject.store.restore(session.pid, in: "/", offset: nil))
            let after = subject.send(["after"])
            let received = try [before, during, after].map { missed.received.contains(try #require($0.id)) }
            #expect(received == [true, true, false])
        },
        RecoveryStoreCheck("the offset of every event says that this is where to go on") { subject in
            var session = subject.lose("p")
            for number in 0..<Int64(5) { subject.send([.int(number)], to: "r") }
            let missed = try #require(await subject.store.restore(session.pid, in: "/", offset: nil))
            session.restorations = missed.restorations
            for (index, event) in missed.events.enumerated() {
                subject.store.save(session)
                let rest = await subject.restore(session, offset: event.offset)
                #expect(rest == (Int64(index) + 1..<5).map { [.int($0)] })
            }
        },
        RecoveryStoreCheck("who heard an event as it was sent goes on behind it") { subject in
            let session = subject.lose("p")
            let heard = subject.send(["heard"])
            subject.send(["missed"])
            let offset = try #require(heard.delivered.values.last?.string)
            #expect(await subject.restore(session, offset: offset) == [["missed"]])
        },
        RecoveryStoreCheck("how an event was sent is told with it") { subject in
            let session = subject.lose("p")
            var options = BroadcastOptions(rooms: ["r"])
            options.flags.compress = false
            _ = subject.store.append(["a"], in: "/", to: options, isForeign: false)
            subject.send(["b"])
            let missed = await subject.store.restore(session.pid, in: "/", offset: nil)
            #expect(missed?.events.map(\.flags.compress) == [false, nil])
        },
        RecoveryStoreCheck("many are restored at the same moment, each with its own") { subject in
            let sessions = "abcdefghijklmnop".map { subject.lose($0) }
            for session in sessions { subject.send([.string(session.id)], to: session.id) }
            subject.send(["all"])
            await withTaskGroup(of: Bool.self) { group in
                for session in sessions {
                    group.addTask { await subject.restore(session) == [[.string(session.id)], ["all"]] }
                }
                for await isRight in group { #expect(isRight) }
            }
        },
    ]

    private static let refusals = [
        RecoveryStoreCheck("a private id that nobody has, and one of another namespace, restore nothing") { subject in
            let session = subject.lose("p", in: "/x")
            for pid in ["", "p", String(repeating: "q", count: 20), String(repeating: "é", count: 10)] {
                #expect(await subject.store.session(pid, in: "/x", offset: nil) == nil)
                #expect(await subject.store.restore(pid, in: "/x", offset: nil) == nil)
            }
            #expect(await subject.store.session(session.pid, in: "/", offset: nil) == nil)
            #expect(await subject.store.restore(session.pid, in: "/", offset: nil) == nil)
            #expect(await subject.restore(session) == [])
        },
        RecoveryStoreCheck("an offset that was not given restores nothing, and does no harm") { subject in
            let session = subject.lose("p")
            let offset = try #require(subject.send(["a"]).delivered.values.last?.string)
            let wrong = [
                "", "0", "-1", offset + "0", "+" + offset, " " + offset, offset + "\u{301}", offset + "\u{0}",
                String(repeating: "A", count: offset.utf8.count), String(repeating: "_", count: offset.utf8.count),
                String(repeating: "9", count: 100_000),
            ]
            for offset in wrong {
                #expect(await subject.restore(session, offset: offset) == nil, "\(offset.prefix(50))")
            }
            #expect(subject.store.statistics.failed == wrong.count)
            #expect(await subject.restore(session, offset: offset) == [])
        },
        RecoveryStoreCheck("who missed too much is not restored, and who heard most of it is") {
            $0.maxMissedBytes = 1_000
        } body: { subject in
            let session = subject.lose("p")
            let heard = subject.send([.string(String(repeating: "a", count: 900))])
            subject.send([.string(String(repeating: "b", count: 900))])
            #expect(await subject.restore(session) == nil)
            let rest = await subject.restore(session, offset: heard.delivered.values.last?.string)
            #expect(rest?.count == 1)
        },
    ]

    private static let ends = [
        RecoveryStoreCheck("a session expires once when its time is over; one that came back does not") {
            $0.maxDisconnectionDuration = .milliseconds(400)
        } body: { subject in
            let (lost, back) = (subject.lose("p"), subject.lose("q"))
            #expect(await subject.restore(back) == [])
            #expect(await eventually { subject.expired.all == [lost.pid] })
            #expect(await subject.store.session(lost.pid, in: "/", offset: nil) == nil)
            #expect(await subject.restore(lost) == nil)
            let later = subject.lose("r")
            #expect(await eventually { subject.expired.all == [lost.pid, later.pid] })
            #expect(subject.store.statistics.expired == 2)
        },
        RecoveryStoreCheck("of too many lost sessions the oldest is given up") {
            $0.maxSessions = 2
        } body: { subject in
            let sessions = "pqr".map { subject.lose($0) }
            #expect(await eventually { subject.expired.all == [sessions[0].pid] })
            #expect(await subject.restore(sessions[0]) == nil)
            for session in sessions[1...] { #expect(await subject.restore(session) == []) }
        },
    ]
}
