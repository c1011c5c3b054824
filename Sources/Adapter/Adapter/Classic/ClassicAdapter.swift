public import Cluster
import NIOCore
public import SocketIO
import Synchronization

/// Connects a namespace with other nodes in the way of `@socket.io/redis-adapter`, so that Node.js servers can be among
/// them: everybody gets every broadcast and drops what is not for its sockets; requests are answered by all, and are
/// complete when as many nodes have answered as are subscribed.
///
/// Differences that peers cannot see: a node applies `join`, `leave` and `disconnect` to its own sockets at once (the
/// namespace does), and skips its own messages of every type; events for single sockets of ours take the short way
/// of ``Unicast``.
public final class ClassicAdapter: ClusterAdapter {
    let channels: ClassicChannels
    let bus: any PrefixBus
    let configuration: ClassicConfiguration
    let uid: String
    private let unicast: Unicast?
    let counts: PublicationCounts
    let counters: AdapterCounters
    let pending: PendingRequests
    /// Number of other nodes when it was last known, for when the bus cannot tell.
    private let lastCount = Mutex(0)
    private let subscriptions = Mutex<[BusSubscription]>([])

    /// Creates the adapter of a namespace.
    /// - Parameters:
    ///   - namespace: with its leading slash.
    ///   - bus: joins the nodes.
    ///   - configuration: names and times.
    ///   - unicast: the short way to single nodes; `nil` to send everything to all.
    ///   - gaps: finds out which events of other nodes did not arrive; `nil` not to.
    public convenience init(
        namespace: String, bus: any PrefixBus, configuration: ClassicConfiguration = ClassicConfiguration(),
        unicast: Unicast? = nil, gaps: GapDetection? = nil
    ) {
        self.init(
            namespace: namespace, bus: bus, configuration: configuration, unicast: unicast, gaps: gaps,
            counters: AdapterCounters())
    }

    init(
        namespace: String, bus: any PrefixBus, configuration: ClassicConfiguration, unicast: Unicast?, gaps: GapDetection?,
        counters: AdapterCounters
    ) {
        channels = ClassicChannels(key: configuration.key, namespace: namespace)
        self.bus = bus
        self.configuration = configuration
        self.unicast = unicast
        uid = Self.newID()
        self.counters = counters
        counts = PublicationCounts(
            uid: uid, namespace: namespace, bus: bus, counters: counters, detection: gaps)
        pending = PendingRequests(limit: configuration.maxPendingRequests)
    }

    static func newID() -> String {
        var random = SystemRandomNumberGenerator()
        return NodeTag.characters(6, using: &random)
    }

    /// Begins to receive.
    /// - Parameter local: where what other nodes say is carried out.
    public func start(_ local: any LocalSockets) {
        let receiver = ClassicReceiver(adapter: self, local: local)
        let prefix = channels.broadcast
        var new = [
            bus.subscribe(prefix: prefix) { channel, payload in
                // Redis matches patterns; only what really begins so is ours.
                if channel.readableBytesView.starts(with: prefix.utf8) { receiver.receivedBroadcast(payload) }
            }
        ]
        if let unicast {
            new.append(
                bus.subscribe(unicast.inbox(of: unicast.tag, namespace: channels.namespace)) { _, payload in
                    receiver.receivedDirect(payload)
                })
        }
        for channel in [channels.response, channels.response(to: uid)] {
            new.append(
                bus.subscribe(channel) { [pending] _, payload in
                    if let response = ClassicResponse(payload) { pending.received(response) }
                })
        }
        // Last: who is subscribed to requests is counted as a node that answers.
        new.append(bus.subscribe(channels.request) { _, payload in receiver.receivedRequest(payload) })
        new += counts.start()
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
        counts.stop()
    }

    /// Whether a request comes from this node.
    func isOwn(_ request: ClassicRequest) -> Bool {
        request.uid == uid || request.requestID.map { pending.contains($0) } ?? false
    }

    /// Sends an event to the matching sockets of other nodes.
    /// - Parameters:
    ///   - arguments: event name and its arguments.
    ///   - options: whom it goes to; when it names nothing but ids of sockets of ours, only their nodes get it.
    public func publish(_ arguments: Arguments, to options: BroadcastOptions) {
        guard !options.flags.local else { return }
        let route = unicast?.route(options.rooms) ?? .everybody
        guard route != .nobody else { return }
        let broadcast = ClassicBroadcast(arguments: arguments, options: options)
        let payload = broadcast.encoded(uid: uid, namespace: channels.namespace)
        guard case .inboxes(let nodes) = route, let unicast else {
            return counts.publish(payload, to: channels.broadcast(to: options.rooms))
        }
        for node in nodes {
            let inbox = unicast.inbox(of: node, namespace: channels.namespace)
            counts.publish(payload, toInbox: inbox, of: node, isLive: unicast.isLive)
        }
    }

    /// Whether sockets of other nodes can match at all.
    func concernsOthers(_ options: BroadcastOptions) -> Bool {
        unicast?.route(options.rooms) != .nobody
    }

    func ask(_ kind: ClassicRequest.Kind, requestID: String? = nil) {
        let request = ClassicRequest(uid: uid, requestID: requestID, kind: kind)
        counters.requests.add(1, ordering: .relaxed)
        bus.publish(channels.request, request.encoded(namespace: channels.namespace))
    }

    /// Makes matching sockets of other nodes join rooms.
    /// - Parameters:
    ///   - rooms: what to join.
    ///   - options: whom it concerns.
    public func join(_ rooms: [String], _ options: BroadcastOptions) {
        if concernsOthers(options) { ask(.join(rooms, options)) }
    }

    /// Makes matching sockets of other nodes leave rooms.
    /// - Parameters:
    ///   - rooms: what to leave.
    ///   - options: whom it concerns.
    public func leave(_ rooms: [String], _ options: BroadcastOptions) {
        if concernsOthers(options) { ask(.leave(rooms, options)) }
    }

    /// Disconnects matching sockets of other nodes.
    /// - Parameters:
    ///   - options: whom it concerns.
    ///   - close: whether their connections are closed too.
    public func disconnect(_ options: BroadcastOptions, close: Bool) {
        if concernsOthers(options) { ask(.disconnect(options, close: close)) }
    }

    /// Sends an event to the other servers.
    /// - Parameter arguments: event name and its arguments; binary content becomes `{"type":"Buffer","data":[…]}`.
    public func serverSideEmit(_ arguments: Arguments) {
        ask(.serverSideEmit(arguments))
    }

    /// Number of nodes that have this namespace, this one included; the last known one while the bus is out of reach.
    /// - Returns: at least 1.
    public func serverCount() async -> Int {
        await otherNodes().count + 1
    }

    /// How many other nodes there are, and whether that is known.
    func otherNodes() async -> (count: Int, isKnown: Bool) {
        guard let subscribers = await bus.subscriberCount(channels.request) else {
            return (lastCount.withLock { $0 }, false)
        }
        let others = max(0, subscribers - 1)
        lastCount.withLock { $0 = others }
        return (others, true)
    }
}
