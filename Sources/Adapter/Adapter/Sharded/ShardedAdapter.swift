public import Cluster
import NIOCore
public import SocketIO
import Synchronization

/// Connects a namespace with other nodes in the way of `createShardedAdapter` of `@socket.io/redis-adapter`, so that
/// Node.js servers can be among them: what goes to one room reaches only the nodes with a member (in the mode
/// `ShardedMode.dynamic`), everything else all of them; requests are complete when as many nodes have answered as are
/// subscribed.
///
/// A node hears of a room's events from when its subscription has reached Redis, a moment after its first member joined.
/// Differences that peers cannot see: events are delivered on this node at once, whether or not Redis can be reached, and
/// events for single sockets of ours take the short way of ``Unicast``.
public final class ShardedAdapter: ClusterAdapter {
    private let channels: ShardedChannels
    private let bus: any Bus
    private let configuration: ShardedConfiguration
    private let uid: String
    private let parts: NodeParts
    private let rollCall: RollCall
    private let inquiry: Inquiry
    private let counts: ShardedCounts
    private let rooms: RoomSubscriptions
    private let subscriptions = Mutex<[BusSubscription]>([])
    private let adopted: AdoptedInboxes?

    init(namespace: String, bus: any Bus, configuration: ShardedConfiguration, parts: NodeParts) {
        let channels = ShardedChannels(key: configuration.key, namespace: namespace, mode: configuration.mode)
        let uid = parts.members?.tag.shardedUID ?? Self.newID()
        self.channels = channels
        self.bus = bus
        self.configuration = configuration
        self.uid = uid
        self.parts = parts
        adopted = parts.unicast.map { AdoptedInboxes($0, bus: bus, namespace: namespace) }
        rollCall = RollCall(
            bus: bus, counted: channels.common, own: channels.response(to: uid), members: parts.members,
            channel: { channels.response(to: $0.shardedUID) })
        inquiry = Inquiry(
            rollCall: rollCall, pending: parts.pending, timeout: configuration.requestsTimeout, newID: Self.newID,
            ask: { request, id in
                let message = ShardedMessage(uid: uid, content: .request(request, id: id))
                guard let payload = message.encoded(namespace: namespace) else { return }
                parts.counters.requests.add(1, ordering: .relaxed)
                bus.publish(channels.common, payload)
            })
        counts = ShardedCounts(uid: uid, channels: channels, bus: bus, parts: parts)
        rooms = RoomSubscriptions(channels: channels, bus: bus, uid: uid)
    }

    private static func newID() -> String {
        let digits = String(UInt64.random(in: 0...UInt64.max), radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    /// Hears of rooms, unless no room has a channel of its own.
    public var roomFollower: (any RoomFollower)? { configuration.mode == .static ? nil : rooms }

    /// Begins to receive.
    /// - Parameter local: where what other nodes say is carried out.
    public func start(_ local: any LocalSockets) {
        let receiver = ShardedReceiver(
            channels: channels, bus: bus, uid: uid, parts: parts, counts: counts,
            executor: RequestExecutor(local: local, timeout: configuration.requestsTimeout))
        rooms.start { receiver.subscriber() }
        adopted?.start { receiver.uncountedSubscriber() }
        var new = [bus.subscribe(channels.response(to: uid), receiver.subscriber())]
        if let unicast = parts.unicast {
            let inbox = unicast.inbox(of: unicast.tag, namespace: channels.namespace)
            new.append(bus.subscribe(inbox, receiver.subscriber(isInbox: true)))
        }
        // The common channel last: who is subscribed to it is counted as a node that answers.
        new.append(bus.subscribe(channels.common, receiver.subscriber()))
        new += counts.start { [rooms] in !rooms.isEmpty }
        subscriptions.withLock { [new] in $0 += new }
    }

    /// Ends all subscriptions, so that other nodes do not count on this one any more. Requests under way end at their
    /// deadlines.
    public func stop() {
        let ended = subscriptions.withLock { subscriptions in
            defer { subscriptions = [] }
            return subscriptions
        }
        for subscription in ended.reversed() { subscription.cancel() }
        rooms.stop()
        adopted?.stop()
    }

    /// Reads the inbox of another node, too.
    /// - Parameter id: of a socket that is here and has an id of that node.
    public func adopted(_ id: String) { adopted?.add(id) }

    /// Reads it no more, once nobody of that node is here.
    /// - Parameter id: of a socket that was here.
    public func released(_ id: String) { adopted?.remove(id) }

    /// Sends an event to the matching sockets of other nodes.
    /// - Parameters:
    ///   - arguments: event name and its arguments.
    ///   - options: whom it goes to; when it names nothing but ids of sockets of ours, only their nodes get it.
    public func publish(_ arguments: Arguments, to options: BroadcastOptions) {
        let route = parts.unicast?.route(options.rooms) ?? .everybody
        guard !options.flags.local, route != .nobody else { return }
        let message = ShardedMessage(uid: uid, content: .broadcast(arguments, options))
        guard case .inboxes(let nodes) = route, let unicast = parts.unicast else {
            parts.counters.broadcasts.add(1, ordering: .relaxed)
            return counts.publish(message, to: [channels.broadcast(to: options.rooms)])
        }
        parts.counters.direct.add(nodes.count, ordering: .relaxed)
        counts.publish(message, to: nodes.map { unicast.inbox(of: $0, namespace: channels.namespace) })
    }

    /// Whether sockets of other nodes can match at all.
    private func concernsOthers(_ options: BroadcastOptions) -> Bool {
        parts.unicast?.route(options.rooms) != .nobody
    }

    private func tell(_ request: NodeRequest) {
        let message = ShardedMessage(uid: uid, content: .request(request, id: nil))
        guard let payload = message.encoded(namespace: channels.namespace) else { return }
        parts.counters.requests.add(1, ordering: .relaxed)
        bus.publish(channels.common, payload)
    }
}

extension ShardedAdapter {
    /// Makes matching sockets of other nodes join rooms.
    /// - Parameters:
    ///   - rooms: what to join.
    ///   - options: whom it concerns.
    public func join(_ rooms: [String], _ options: BroadcastOptions) {
        if concernsOthers(options) { tell(.join(rooms, options)) }
    }

    /// Makes matching sockets of other nodes leave rooms.
    /// - Parameters:
    ///   - rooms: what to leave.
    ///   - options: whom it concerns.
    public func leave(_ rooms: [String], _ options: BroadcastOptions) {
        if concernsOthers(options) { tell(.leave(rooms, options)) }
    }

    /// Disconnects matching sockets of other nodes.
    /// - Parameters:
    ///   - options: whom it concerns.
    ///   - close: whether their connections are closed too.
    public func disconnect(_ options: BroadcastOptions, close: Bool) {
        if concernsOthers(options) { tell(.disconnect(options, close: close)) }
    }

    /// Sends an event to the other servers.
    /// - Parameter arguments: event name and its arguments.
    public func serverSideEmit(_ arguments: Arguments) {
        tell(.serverSideEmit(arguments))
    }

    /// Sends an event to the other servers; each answers with one value.
    /// - Parameters:
    ///   - arguments: event name and its arguments.
    ///   - timeout: how long they have to answer.
    /// - Returns: what came in time, and who was silent.
    public func serverSideEmit(_ arguments: Arguments, timeout: Duration) async -> ClusterAnswer<Value> {
        await inquiry.serverSide(arguments, timeout: timeout)
    }

    /// Sends an event to the matching sockets of other nodes and collects their acknowledgements.
    /// - Parameters:
    ///   - arguments: event name and its arguments.
    ///   - options: whom it goes to.
    ///   - timeout: how long clients have to acknowledge.
    /// - Returns: what came in time. `expected` and `missing` count clients; a node that did not tell how many it has
    ///   counts as one.
    public func publishExpectingAcknowledgements(
        _ arguments: Arguments, to options: BroadcastOptions, timeout: Duration
    ) async -> ClusterAnswer<Value> {
        guard concernsOthers(options) else { return ClusterAnswer() }
        return await inquiry.acknowledgements(arguments, to: options, timeout: timeout)
    }

    /// Sockets of other nodes that match.
    /// - Parameter options: which.
    /// - Returns: what was answered within the configured time, and who was silent.
    public func fetchSockets(_ options: BroadcastOptions) async -> ClusterAnswer<RemoteSocket> {
        guard concernsOthers(options) else { return ClusterAnswer() }
        return await inquiry.sockets(options)
    }

    /// All rooms of other nodes that have a member. The format has no question for them, so the sockets are asked for.
    /// - Returns: what was answered within the configured time, and who was silent; each room comes once.
    public func allRooms() async -> ClusterAnswer<String> {
        let sockets = await inquiry.sockets(BroadcastOptions())
        return ClusterAnswer(
            elements: sockets.elements.flatMap(\.rooms), expected: sockets.expected, missing: sockets.missing,
            silent: sockets.silent
        ).unique
    }

    /// Number of nodes that have this namespace, this one included; the last known one while the bus is out of reach.
    /// - Returns: at least 1.
    public func serverCount() async -> Int { await rollCall.count() }
}
