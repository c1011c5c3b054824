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
    /// Of a member, its tag: that is how others know whose answers have come.
    let uid: String
    private let unicast: Unicast?
    let counts: PublicationCounts
    let counters: AdapterCounters
    let isMember: Bool
    let pending: PendingRequests
    private let rollCall: RollCall
    let inquiry: Inquiry
    private let subscriptions = Mutex<[BusSubscription]>([])
    private let adopted: AdoptedInboxes?

    /// Creates the adapter of a namespace.
    /// - Parameters:
    ///   - namespace: with its leading slash.
    ///   - bus: joins the nodes.
    ///   - configuration: names and times.
    ///   - unicast: the short way to single nodes; `nil` to send everything to all.
    ///   - gaps: finds out which events of other nodes did not arrive; `nil` not to.
    ///   - members: the nodes that hold a lease; `nil` if that is not known. The same on all nodes.
    public convenience init(
        namespace: String, bus: any PrefixBus, configuration: ClassicConfiguration = ClassicConfiguration(),
        unicast: Unicast? = nil, gaps: GapDetection? = nil, members: (any ClusterMembers)? = nil
    ) {
        let parts = NodeParts(
            unicast: unicast, gaps: gaps, members: members, maxPendingRequests: configuration.maxPendingRequests)
        self.init(namespace: namespace, bus: bus, configuration: configuration, parts: parts)
    }

    init(namespace: String, bus: any PrefixBus, configuration: ClassicConfiguration, parts: NodeParts) {
        let channels = ClassicChannels(key: configuration.key, namespace: namespace)
        let uid = parts.members?.tag.text ?? Self.newID()
        self.channels = channels
        self.bus = bus
        self.configuration = configuration
        unicast = parts.unicast
        adopted = parts.unicast.map { AdoptedInboxes($0, bus: bus, namespace: namespace) }
        self.uid = uid
        pending = parts.pending
        counters = parts.counters
        counts = PublicationCounts(
            uid: uid, namespace: namespace, bus: bus, counters: parts.counters, detection: parts.gaps)
        isMember = parts.members != nil
        rollCall = RollCall(
            bus: bus, counted: channels.request, own: channels.response(to: uid), members: parts.members,
            channel: { channels.response(to: $0.text) })
        inquiry = Inquiry(
            rollCall: rollCall, pending: parts.pending, timeout: configuration.requestsTimeout, newID: Self.newID,
            ask: { [counters] kind, id in
                let request = ClassicRequest(uid: uid, requestID: id, kind: kind)
                counters.requests.add(1, ordering: .relaxed)
                bus.publish(channels.request, request.encoded(namespace: namespace))
            })
    }

    static func newID() -> String {
        var random = SystemRandomNumberGenerator()
        return NodeTag.characters(6, using: &random)
    }

    /// Begins to receive.
    /// - Parameter local: where what other nodes say is carried out.
    public func start(_ local: any LocalSockets) {
        let receiver = ClassicReceiver(adapter: self, local: local)
        var new = [
            bus.subscribe(prefix: channels.broadcast) { channel, payload in
                receiver.receivedBroadcast(payload, by: channel)
            }
        ]
        if let unicast {
            adopted?.start { { receiver.receivedAdopted($1) } }
            new.append(
                bus.subscribe(unicast.inbox(of: unicast.tag, namespace: channels.namespace)) { _, payload in
                    receiver.receivedDirect(payload)
                })
        }
        for channel in [channels.response, channels.response(to: uid)] {
            new.append(
                bus.subscribe(channel) { [pending] _, payload in
                    guard let response = ClassicResponse(payload) else { return }
                    let tag = response.uid.flatMap { NodeTag($0) }
                    pending.received(response.body, to: response.requestID, from: tag)
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
        adopted?.stop()
        counts.stop()
    }

    /// Reads the inbox of another node, too.
    /// - Parameter id: of a socket that is here and has an id of that node.
    public func adopted(_ id: String) { adopted?.add(id) }

    /// Reads it no more, once nobody of that node is here.
    /// - Parameter id: of a socket that was here.
    public func released(_ id: String) { adopted?.remove(id) }

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
        let inboxes = nodes.map { (node: $0, channel: unicast.inbox(of: $0, namespace: channels.namespace)) }
        counts.publish(payload, toInboxes: inboxes, isLive: unicast.isLive)
    }

    /// Whether sockets of other nodes can match at all.
    func concernsOthers(_ options: BroadcastOptions) -> Bool {
        unicast?.route(options.rooms) != .nobody
    }

    private func tell(_ kind: NodeRequest) {
        let request = ClassicRequest(uid: uid, requestID: nil, kind: kind)
        counters.requests.add(1, ordering: .relaxed)
        bus.publish(channels.request, request.encoded(namespace: channels.namespace))
    }

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
    /// - Parameter arguments: event name and its arguments; binary content becomes `{"type":"Buffer","data":[…]}`.
    public func serverSideEmit(_ arguments: Arguments) {
        tell(.serverSideEmit(arguments))
    }

    /// Number of nodes that have this namespace, this one included; the last known one while the bus is out of reach.
    /// - Returns: at least 1.
    public func serverCount() async -> Int { await rollCall.count() }
}
