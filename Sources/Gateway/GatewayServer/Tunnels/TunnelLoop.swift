import CEpoll
import Glibc
import NIOCore
import Routing
import Synchronization

/// The sockets of an upgraded connection and what was read of them and not passed on, on their way out of an event loop.
struct Departure: Sendable {
    let node: NodeID
    /// The client's socket; whoever has the departure owns it.
    let client: Int32
    /// The node's socket, likewise.
    let nodeSocket: Int32
    let fromClient: ByteBuffer
    let fromNode: ByteBuffer

    /// Nobody takes it.
    func close() {
        Glibc.close(client)
        Glibc.close(nodeSocket)
    }
}

/// A thread that moves the bytes of tunnels and does nothing else. Each shard has one.
///
/// SwiftNIO's channels would do the same for twenty times as many instructions per message outside of the kernel
/// (Documentation/Performance.md, *The gateway beside proxies*), and with two kilobytes of memory for each idle socket.
final class TunnelLoop: Sendable {
    private enum Order {
        case open(Departure)
        case close(NodeID)
        case closeAll
    }

    private struct Orders {
        var waiting: [Order] = []
        var isStopped = false
    }

    private let poller: Poller
    private let counters: Counters
    private let patience: Duration
    private let orders = Mutex(Orders())

    /// A loop that does not run yet; orders wait.
    /// - Parameters:
    ///   - counters: count bytes and failures.
    ///   - patience: how long a tunnel is kept when one side has ended.
    /// - Throws: `IOError` if the process has no descriptors or memory left.
    init(counters: Counters, patience: Duration) throws {
        poller = try Poller()
        self.counters = counters
        self.patience = patience
    }

    /// Takes over a tunnel.
    /// - Returns: `false` if the loop was stopped, and the caller still owns the sockets.
    func open(_ departure: Departure) -> Bool { post(.open(departure)) }

    /// Cuts off every tunnel to a node.
    func close(to node: NodeID) { _ = post(.close(node)) }

    /// Cuts off every tunnel.
    func closeAll() { _ = post(.closeAll) }

    /// Ends `run`. Tunnels are cut off.
    func stop() {
        orders.withLock { $0.isStopped = true }
        poller.wake()
    }

    private func post(_ order: Order) -> Bool {
        let isFirst = orders.withLock { orders -> Bool? in
            if orders.isStopped { return nil }
            orders.waiting.append(order)
            return orders.waiting.count == 1
        }
        if isFirst == true { poller.wake() }
        return isFirst != nil
    }
}

// MARK: The thread

extension TunnelLoop {
    /// Moves bytes until `stop`; does not return before.
    /// - Parameter ended: is told how many tunnels have ended.
    func run(ended: (Int) -> Void) {
        var table = TunnelTable(poller: poller, counters: counters, patience: patience)
        let events = UnsafeMutableBufferPointer<epoll_event>.allocate(capacity: 256)
        defer { events.deallocate() }
        var isRunning = true
        while isRunning {
            var isWoken = false
            poller.wait(milliseconds: table.longestWait, in: events) { event in
                if event.place == Poller.wakes { isWoken = true } else { table.happened(event) }
            }
            table.moveBytes()
            if isWoken { isRunning = carryOutOrders(on: &table) }
            table.sweep()
            let count = table.takeEnded()
            if count > 0 { ended(count) }
        }
    }

    /// - Returns: whether to go on.
    private func carryOutOrders(on table: inout TunnelTable) -> Bool {
        let (waiting, isStopped) = orders.withLock { orders in
            defer { orders.waiting = [] }
            return (orders.waiting, orders.isStopped)
        }
        for order in waiting {
            switch order {
            case .open(let departure): table.open(departure)
            case .close(let node): table.close(to: node)
            case .closeAll: table.closeAll()
            }
        }
        if isStopped { table.closeAll() }
        return !isStopped
    }
}
