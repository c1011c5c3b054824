import Adapter
import Synchronization

/// Tells the adapter which rooms have a member on this node, over all of its event loops.
///
/// A loop knows when a room has its first member there and when it lost its last; the census counts on how many loops a
/// room is. Counting and telling are one step under the lock, so the adapter hears about a room in the right order.
final class RoomCensus: Sendable {
    private let follower: any RoomFollower
    /// On how many loops a room has members.
    private let loopCounts = Mutex<[String: Int]>([:])

    init(_ follower: any RoomFollower) {
        self.follower = follower
    }

    /// A room has its first member on a loop.
    func occupied(_ room: String, isSocketID: Bool = false) {
        guard follower.follows(room, isSocketID: isSocketID) else { return }
        loopCounts.withLock { counts in
            let count = counts[room, default: 0]
            counts[room] = count + 1
            if count == 0 { follower.occupied(room) }
        }
    }

    /// A room has lost its last member on a loop.
    func vacated(_ room: String, isSocketID: Bool = false) {
        guard follower.follows(room, isSocketID: isSocketID) else { return }
        loopCounts.withLock { counts in
            guard let count = counts[room] else { return }
            counts[room] = count > 1 ? count - 1 : nil
            if count == 1 { follower.vacated(room) }
        }
    }
}
