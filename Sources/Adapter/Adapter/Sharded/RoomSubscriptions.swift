import Cluster
import NIOCore
import Synchronization

/// Subscribes to the channels of the rooms that have a member on this node, as long as they have one.
final class RoomSubscriptions: RoomFollower {
    private struct State {
        /// `nil` before the adapter has been started, and after it was stopped.
        var receive: Bus.Subscriber?
        var byRoom: [String: BusSubscription] = [:]
    }

    private let channels: ShardedChannels
    private let bus: any Bus
    /// The room whose channel this node is subscribed to anyway, because answers come there.
    private let uid: String
    private let state = Mutex(State())

    init(channels: ShardedChannels, bus: any Bus, uid: String) {
        self.channels = channels
        self.bus = bus
        self.uid = uid
    }

    func start(_ receive: @escaping Bus.Subscriber) {
        state.withLock { $0.receive = receive }
    }

    func follows(_ room: String, isSocketID: Bool) -> Bool {
        room != uid && channels.follows(room, isSocketID: isSocketID)
    }

    func occupied(_ room: String) {
        state.withLock { state in
            guard let receive = state.receive, state.byRoom[room] == nil else { return }
            state.byRoom[room] = bus.subscribe(channels.room(room), receive)
        }
    }

    func vacated(_ room: String) {
        state.withLock { $0.byRoom.removeValue(forKey: room)?.cancel() }
    }

    /// Ends all subscriptions.
    func stop() {
        state.withLock { state in
            for subscription in state.byRoom.values { subscription.cancel() }
            state = State()
        }
    }
}
