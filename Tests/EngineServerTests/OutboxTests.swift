import NIOCore
import NIOPosix
import Testing

@testable import EngineServer

@Suite("Outbox")
struct OutboxTests {
    /// Counts how often it was told to write.
    private final class Client: Flushable {
        private(set) var flushes = 0
        func flush() { flushes += 1 }
    }

    private let loop = MultiThreadedEventLoopGroup.singleton.next()

    @Test("what several connections cause in one turn is written at its end")
    func endOfTurn() async throws {
        let (clients, early) = try await loop.submit { [loop] in
            let outbox = Outbox(loop: loop)
            let clients = [Client(), Client()]
            for client in clients {
                outbox.add(client)
                outbox.readCompleted()
            }
            return (NIOLoopBound(clients, eventLoop: loop), clients.map(\.flushes))
        }.get()
        let late = try await loop.submit { clients.value.map(\.flushes) }.get()
        #expect(early == [0, 0])
        #expect(late == [1, 1])
    }

    @Test("the time is asked for once in a turn at whose end something leaves")
    func time() async throws {
        let (outbox, first, second) = try await loop.submit { [loop] in
            let outbox = Outbox(loop: loop)
            outbox.readCompleted()
            let first = outbox.now
            while NIODeadline.now() <= first {}
            return (NIOLoopBound(outbox, eventLoop: loop), first, outbox.now)
        }.get()
        #expect(first == second)
        let (third, fourth) = try await loop.submit {
            let third = outbox.value.now
            while NIODeadline.now() <= third {}
            return (third, outbox.value.now)
        }.get()
        #expect(second < third && third < fourth)
    }

    @Test("when very many wait to be written to, no more is read before")
    func many() async throws {
        let (early, late) = try await loop.submit { [loop] in
            let outbox = Outbox(loop: loop)
            let clients = (0..<512).map { _ in Client() }
            for client in clients.dropLast() { outbox.add(client) }
            outbox.readCompleted()
            let early = Set(clients.map(\.flushes))
            outbox.add(clients[511])
            outbox.readCompleted()
            return (early, Set(clients.map(\.flushes)))
        }.get()
        #expect(early == [0])
        #expect(late == [1])
    }
}
