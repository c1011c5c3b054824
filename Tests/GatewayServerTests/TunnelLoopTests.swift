import Dispatch
import Glibc
import NIOCore
import NIOPosix
import Routing
import Synchronization
import Testing

@testable import GatewayServer

@Suite("The loop that moves the bytes of tunnels", .timeLimit(.minutes(1)))
struct TunnelLoopTests {
    @Test("what was read before comes first, then bytes go both ways, and an end is passed on")
    func bothWays() throws {
        try run { loop, ended in
            let tunnel = try Ends(loop, fromClient: "early\n", fromNode: "hello\n")
            tunnel.client.send("later\n")
            #expect(tunnel.node.receive(12) == "early\nlater\n")
            #expect(tunnel.client.receive(6) == "hello\n")
            tunnel.client.endSending()
            #expect(tunnel.node.rest() == "")
            tunnel.node.send("bye")
            tunnel.node.endSending()
            #expect(tunnel.client.rest() == "bye")
            ended.wait(for: 1)
        }
    }

    @Test("bytes wait for an end that reads slowly, few of them in the loop, and all of them arrive in order")
    func slowReader() throws {
        try run { loop, _ in
            let tunnel = try Ends(loop)
            let neighbour = try Ends(loop)
            let sent = tunnel.node.fill()
            neighbour.client.send("not held up\n")
            #expect(neighbour.node.receive(12) == "not held up\n")
            #expect(sent < 4 << 20)
            let received = tunnel.client.receiveCounting(sent)
            #expect(received == sent)
            tunnel.node.send("!")
            #expect(tunnel.client.receive(1) == "!")
        }
    }

    @Test("an end that is gone ends the other, which first gets what was sent to it")
    func broken() throws {
        try run { loop, ended in
            let tunnel = try Ends(loop)
            tunnel.client.send("last words")
            tunnel.client.vanish()
            #expect(tunnel.node.rest() == "last words")
            tunnel.node.vanish()
            ended.wait(for: 1)
        }
    }

    @Test("a side that has ended waits for the other for a while only")
    func patience() throws {
        try run(patience: .milliseconds(20)) { loop, ended in
            let tunnel = try Ends(loop)
            tunnel.client.endSending()
            ended.wait(for: 1)
            #expect(tunnel.client.rest() == "")
            #expect(tunnel.node.rest() == "")
        }
    }

    @Test("the tunnels of one node are cut off and counted, and their places taken by new ones")
    func nodeDied() throws {
        let counters = Counters()
        try run(counters: counters) { loop, ended in
            let ids = someNodes
            let gone = try Ends(loop, node: ids[0])
            let other = try Ends(loop, node: ids[1])
            loop.close(to: ids[0])
            ended.wait(for: 1)
            #expect(gone.client.rest() == "")
            let new = try Ends(loop, node: ids[1])
            for tunnel in [other, new] {
                tunnel.client.send("here")
                #expect(tunnel.node.receive(4) == "here")
            }
        }
        #expect(counters.failureCounts.first { $0.failure == .nodeDied }?.count == 1)
        #expect(counters.bytesFromClients.value == 8)
    }

    @Test("a loop that was stopped cuts off its tunnels and takes no more")
    func stop() throws {
        try run { loop, ended in
            let tunnel = try Ends(loop)
            loop.stop()
            #expect(tunnel.client.rest() == "")
            ended.wait(for: 1)
            #expect(throws: Ends.Refused.self) { try Ends(loop) }
        }
    }
}

/// The ids of two nodes.
private var someNodes: [NodeID] {
    var router = Router(limits: .init())
    return router.sourcesNamed(
        [1, 2].compactMap { NodeAddress([Endpoint(listener: "meet", host: "127.0.0.1", port: $0)]) })
}

/// Runs a loop on a thread of its own while a test uses it.
private func run(
    counters: Counters = Counters(), patience: Duration = .seconds(10),
    _ body: (TunnelLoop, Ended) throws -> Void
) throws {
    let loop = try TunnelLoop(counters: counters, patience: patience)
    let threads = NIOThreadPool(numberOfThreads: 1)
    threads.start()
    let ended = Ended()
    threads.submit { _ in loop.run { ended.add($0) } }
    defer {
        loop.stop()
        #expect(throws: Never.self) { try threads.syncShutdownGracefully() }
    }
    try body(loop, ended)
}

/// How many tunnels have ended.
private final class Ended: Sendable {
    private let count = Mutex(0)
    private let changes = DispatchSemaphore(value: 0)

    func add(_ difference: Int) {
        count.withLock { $0 += difference }
        changes.signal()
    }

    func wait(for number: Int) {
        while count.withLock({ $0 }) < number { changes.wait() }
    }
}

/// The far ends of a tunnel.
private struct Ends {
    struct Refused: Error {}

    let client: FarEnd
    let node: FarEnd

    init(_ loop: TunnelLoop, node id: NodeID? = nil, fromClient: String = "", fromNode: String = "") throws {
        let (client, clientSocket) = try FarEnd.pair()
        let (node, nodeSocket) = try FarEnd.pair()
        (self.client, self.node) = (client, node)
        let departure = Departure(
            node: try id ?? #require(someNodes.first), client: clientSocket, nodeSocket: nodeSocket,
            fromClient: ByteBuffer(string: fromClient), fromNode: ByteBuffer(string: fromNode))
        guard loop.open(departure) else {
            departure.close()
            throw Refused()
        }
    }
}

/// One socket of a pair, used by blocking calls; its peer belongs to the loop.
private final class FarEnd {
    private var socket: Int32

    private init(_ socket: Int32) {
        self.socket = socket
    }

    deinit { vanish() }

    static func pair() throws -> (FarEnd, peer: Int32) {
        var sockets: [Int32] = [-1, -1]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &sockets) == 0)
        _ = fcntl(sockets[1], F_SETFL, O_NONBLOCK)
        return (FarEnd(sockets[0]), sockets[1])
    }

    func send(_ text: String) {
        _ = Array(text.utf8).withUnsafeBytes { write(socket, $0.baseAddress, $0.count) }
    }

    /// Sends until neither the loop nor the other end takes more for a while.
    /// - Returns: how many bytes went.
    func fill() -> Int {
        let bytes = [UInt8](repeating: 0x61, count: 65_536)
        var (sent, refusals) = (0, 0)
        while refusals < 20 {
            let count = bytes.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT)) }
            sent += max(0, count)
            refusals = count > 0 ? 0 : refusals + 1
            if count <= 0 { usleep(5_000) }
        }
        return sent
    }

    func receive(_ count: Int) -> String {
        var bytes: [UInt8] = []
        while bytes.count < count, let more = receiveSome(count - bytes.count) { bytes += more }
        return String(decoding: bytes, as: UTF8.self)
    }

    func receiveCounting(_ count: Int) -> Int {
        var received = 0
        while received < count, let more = receiveSome(min(65_536, count - received)) { received += more.count }
        return received
    }

    func rest() -> String {
        var bytes: [UInt8] = []
        while let more = receiveSome(4096) { bytes += more }
        return String(decoding: bytes, as: UTF8.self)
    }

    func endSending() {
        shutdown(socket, Int32(SHUT_WR))
    }

    func vanish() {
        if socket >= 0 { close(socket) }
        socket = -1
    }

    /// `nil` at the end.
    private func receiveSome(_ most: Int) -> [UInt8]? {
        let bytes = [UInt8](unsafeUninitializedCapacity: most) { memory, count in
            count = max(0, read(socket, memory.baseAddress, most))
        }
        return bytes.isEmpty ? nil : bytes
    }
}
