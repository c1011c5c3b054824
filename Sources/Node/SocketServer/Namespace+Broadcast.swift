import Adapter
import Cluster
import NIOCore
public import SocketIO

extension Namespace {
    /// Everybody in the namespace, on all nodes.
    public var everybody: BroadcastOperator { BroadcastOperator(namespace: self) }

    /// The members of rooms.
    /// - Parameter rooms: names of rooms; ids of sockets are rooms too.
    /// - Returns: an operator that sends to the union of the rooms, each member once.
    public func to(_ rooms: String...) -> BroadcastOperator { everybody.to(rooms) }

    /// Everybody but the members of rooms.
    /// - Parameter rooms: names of rooms; ids of sockets are rooms too.
    /// - Returns: an operator that leaves them out.
    public func except(_ rooms: String...) -> BroadcastOperator { everybody.except(rooms) }

    /// Everybody on this node.
    public var local: BroadcastOperator { everybody.local }

    /// Everybody; who cannot take an event at once loses it.
    public var volatile: BroadcastOperator { everybody.volatile }

    /// Everybody, with events that may or may not be compressed (see ``BroadcastOperator/compress(_:)``).
    /// - Parameter compress: whether they may be.
    /// - Returns: the operator.
    public func compress(_ compress: Bool) -> BroadcastOperator { everybody.compress(compress) }

    /// Everybody, with a time limit for acknowledgements.
    /// - Parameter timeout: how long to wait.
    /// - Returns: the operator.
    public func timeout(_ timeout: Duration) -> BroadcastOperator { everybody.timeout(timeout) }

    /// Sends an event to everybody in the namespace, on all nodes.
    /// - Parameters:
    ///   - event: name of the event; a reserved name is logged and not sent.
    ///   - arguments: the arguments.
    public func emit(_ event: String, _ arguments: Value...) { everybody.emit(event, arguments: Arguments(arguments)) }

    /// Sends an event to everybody in the namespace, on all nodes, with arguments as they are.
    /// - Parameters:
    ///   - event: name of the event; a reserved name is logged and not sent.
    ///   - arguments: the arguments.
    public func emit(_ event: String, arguments: Arguments) { everybody.emit(event, arguments: arguments) }

    /// Sends the event `message` to everybody in the namespace, on all nodes.
    /// - Parameter arguments: the arguments.
    public func send(_ arguments: Value...) { emit("message", arguments: Arguments(arguments)) }

    /// Publishes an event to the other nodes and delivers it here. To a single local socket only the latter.
    func broadcast(_ event: String, _ arguments: Arguments, to options: BroadcastOptions) {
        guard let name = eventName(event) else { return }
        send(Arguments(event: name, arguments), to: options)
    }

    func send(_ whole: Arguments, to options: BroadcastOptions) {
        if let recovery, !options.flags.volatile, !isRelay(whole, to: options) {
            return record(whole, to: options, recovery)
        }
        if reachesOthers(options), onlyShard(of: options) == nil { adapter.publish(whole, to: options) }
        deliver(whole, to: options)
    }

    /// Whether options can concern sockets that are not ours: of other nodes or, for a parent, of its children.
    func reachesOthers(_ options: BroadcastOptions) -> Bool {
        children != nil || !options.flags.local
    }

    func broadcastExpectingAcknowledgements(
        _ event: String, _ arguments: Arguments, to options: BroadcastOptions, timeout: Duration
    ) async -> ClusterAnswer<Value> {
        guard let name = eventName(event) else { return ClusterAnswer() }
        return await ask(Arguments(event: name, arguments), to: options, timeout: timeout)
    }

    func ask(_ whole: Arguments, to options: BroadcastOptions, timeout: Duration) async -> ClusterAnswer<Value> {
        async let remote =
            reachesOthers(options) && onlyShard(of: options) == nil
            ? adapter.publishExpectingAcknowledgements(whole, to: options, timeout: timeout)
            : ClusterAnswer()
        let local = await localAcknowledgements(whole, to: options, timeout: timeout)
        return await local.merged(with: remote)
    }

    private func localAcknowledgements(
        _ arguments: Arguments, to options: BroadcastOptions, timeout: Duration
    ) async -> ClusterAnswer<Value> {
        await withCheckedContinuation { continuation in
            let collector = AcknowledgementCollector { continuation.resume(returning: $0) }
            deliverExpectingAcknowledgements(
                arguments, to: options, timeout: timeout,
                clientCount: { collector.expects($0) }, acknowledgement: { collector.received($0) })
            let timer = shards[0].eventLoop.scheduleTask(in: TimeAmount(timeout)) { collector.timeoutPassed() }
            collector.onFinish { timer.cancel() }
        }
    }
}

extension ClusterAnswer {
    /// This answer with what others answered behind it.
    func merged(with others: ClusterAnswer) -> ClusterAnswer {
        ClusterAnswer(
            elements: elements + others.elements, expected: expected + others.expected,
            missing: missing + others.missing, silent: silent + others.silent)
    }
}
