import Support
import Testing

@Suite("Calls of a store") struct StoreCallsTests {
    @Test("one that does not end in time is cancelled and fails") func deadline() async {
        let calls = StoreCalls(deadline: .milliseconds(20))
        await #expect(throws: StoreError.unavailable) {
            try await calls.run { () async throws(StoreError) in
                try? await Task.sleep(for: .seconds(60))
                #expect(Task.isCancelled)
            }
        }
        #expect(calls.metrics.failures == 1 && !calls.metrics.isAvailable)
    }

    @Test("more than the limit fail at once, the others go on") func limit() async throws {
        let calls = StoreCalls(deadline: .seconds(60), limit: 2)
        let (gates, gate) = AsyncStream.makeStream(of: Void.self)
        await withTaskGroup(of: Int.self) { group in
            group.addTask {
                await result(calls) {
                    for await _ in gates {}
                    return 1
                }
            }
            while calls.metrics.underWay < 1 { await Task.yield() }
            let inside = await result(calls) { calls.metrics.underWay }
            #expect(inside == 2)
            group.addTask {
                await result(calls) {
                    while calls.metrics.failures == 0 { await Task.yield() }
                    return 1
                }
            }
            while calls.metrics.underWay < 2 { await Task.yield() }
            let refused = await result(calls) { 1 }
            #expect(refused == -1)
            gate.finish()
            let ended = await group.reduce(0, +)
            #expect(ended == 2)
        }
        #expect(calls.metrics.calls == 4 && calls.metrics.failures == 1 && calls.metrics.underWay == 0)
    }

    @Test("what a call throws comes out, and says whether the database can be reached") func errors() async throws {
        let calls = StoreCalls()
        await #expect(throws: StoreError.duplicate) {
            try await calls.run { () async throws(StoreError) in throw .duplicate }
        }
        #expect(calls.metrics.isAvailable && calls.metrics.failures == 0 && calls.metrics.calls == 1)
    }
}

/// What a call returns; -1 if it failed.
private func result(_ calls: StoreCalls, _ body: @escaping @Sendable () async -> Int) async -> Int {
    do {
        return try await calls.run { () async throws(StoreError) in await body() }
    } catch {
        return -1
    }
}
