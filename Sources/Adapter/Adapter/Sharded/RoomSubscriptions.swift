import Cluster
import NIOCore
import Synchronization

/// Subscribes to the channels of the rooms that have a member on this node, as long as they have one.
final class RoomSubscriptions: RoomFollower {
    private struct State {
        /// `nil` before the adapter has been started, and after it was stopped.
        var subscriber: (@Sendable () -> Bus.Subscriber)?
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

    /// Begins to follow rooms.
    /// - Parameter subscriber: makes what receives from one channel, for as long as that is subscribed to.
    func start(_ subscriber: @escaping @Sendable () -> Bus.Subscriber) {
        state.withLock { $0.subscriber = subscriber }
    }

    /// Whether no room has a member here whose channel is followed.
    var isEmpty: Bool { state.withLock { $0.byRoom.isEmpty } }

    func follows(_ room: String, isSocketID: Bool) -> Bool {
        room != uid && channels.follows(room, isSocketID: isSocketID)
    }

    func occupied(_ room: String) {
        state.withLock { state in
            guard let subscriber = state.subscriber, state.byRoom[room] == nil else { return }
            state.byRoom[room] = bus.subscribe(channels.room(room), subscriber())
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
