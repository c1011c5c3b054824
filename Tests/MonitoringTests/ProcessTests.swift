import Figures
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Monitoring

@Suite("Figures of the process")
struct ProcessTests {
    @Test("memory, processor time and files are told, and are plausible")
    func process() throws {
        let values = Dictionary(
            uniqueKeysWithValues: ProcessFigures.series.map { ($0.name, $0.samples.first?.value ?? 0) })
        #expect(try #require(values["process_resident_memory_bytes"]) > 1e6)
        #expect(try #require(values["process_cpu_seconds_total"]) > 0)
        // This century.
        #expect(try #require(values["process_start_time_seconds"]) > 1e9)
        #expect(try #require(values["process_max_fds"]) >= values["process_open_fds"] ?? 0)
    }

    @Test("a loop that hangs is given one thing to do, whose delay is counted when it goes on")
    func hanging() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.any()
        let delays = EventLoopDelays(of: [loop])
        let gate = Gate()
        loop.execute { gate.wait() }
        delays.measure()
        delays.measure()
        #expect(delays.histogram.count == 0)
        gate.open()
        try await loop.submit {}.get()
        #expect(delays.histogram.count == 1)
        delays.measure()
        try await loop.submit {}.get()
        #expect(delays.histogram.count == 2)
        try await group.shutdownGracefully()
    }
}

/// Holds a thread up until it is opened.
private final class Gate: Sendable {
    private let isOpen = Atomic(false)

    func wait() {
        while !isOpen.load(ordering: .acquiring) {}
    }

    func open() { isOpen.store(true, ordering: .releasing) }
}
