import NIOCore
import Synchronization

/// Tells a namespace what happens to its rooms, over all event loops of the node in one order.
///
/// A loop knows when a room has its first member there and when it lost its last; the observer counts on how many loops
/// a room is. Counting and handing over the notice are one step under the lock, and the notices go to one loop, so
/// nobody sees a room deleted that was created again meanwhile.
final class RoomObserver: Sendable {
    private let eventLoop: any EventLoop
    /// On how many loops a room has members.
    private let loopCounts = Mutex<[String: Int]>([:])

    /// Creates an observer.
    /// - Parameter eventLoop: where handlers are called.
    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// A loop begins to report: it has these rooms.
    func count(_ rooms: Set<String>) {
        loopCounts.withLock { counts in
            for room in rooms { counts[room, default: 0] += 1 }
        }
    }

    /// A socket joined; the first of its loop in that room or not.
    func joined(_ room: String, _ socket: Socket, isFirst: Bool) {
        let event = RoomEvent(namespace: socket.namespace, room: room, socketID: socket.id)
        loopCounts.withLock { counts in
            if isFirst {
                let count = counts[room, default: 0]
                counts[room] = count + 1
                if count == 0 { tell(.created, event) }
            }
            tell(.joined, event)
        }
    }

    /// A socket left; the last of its loop in that room or not.
    func left(_ room: String, _ socket: Socket, isLast: Bool) {
        let event = RoomEvent(namespace: socket.namespace, room: room, socketID: socket.id)
        loopCounts.withLock { counts in
            tell(.left, event)
            guard isLast, let count = counts[room] else { return }
            counts[room] = count > 1 ? count - 1 : nil
            if count == 1 { tell(.deleted, event) }
        }
    }

    private func tell(_ kind: RoomHandlers.Kind, _ event: RoomEvent) {
        eventLoop.execute { event.namespace.registered.roomHandlers.run(kind, event) }
    }
}
