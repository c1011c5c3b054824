import Cluster
import NIOCore
import SocketIO
import Synchronization

/// Carries out on this node what other nodes publish.
struct ClassicReceiver: Sendable {
    let adapter: ClassicAdapter
    let local: any LocalSockets

    /// Something came by the inbox of this node.
    func receivedDirect(_ payload: ByteBuffer) {
        if let broadcast = adapter.counts.receivedDirect(payload) { deliver(broadcast) }
    }

    /// Something came by the inbox of another node, which is also for sockets of it that are here. That node counts it.
    func receivedAdopted(_ payload: ByteBuffer) {
        let length = payload.readableBytes - MemoryLayout<UInt64>.size
        if length > 0, let broadcast = payload.getSlice(at: payload.readerIndex, length: length) { deliver(broadcast) }
    }

    /// A broadcast came by a channel. What is malformed, for another namespace or our own is ignored, our own before anything
    /// else is looked at; what is for a room that has nobody here is counted, and dropped without being decoded.
    func receivedBroadcast(_ payload: ByteBuffer, by channel: ByteBuffer) {
        // Redis matches patterns; only what really begins so is ours.
        guard !adapter.counts.isOwn(payload), let target = adapter.channels.target(of: channel) else { return }
        adapter.counts.received(payload)
        if case .room(let room) = target, !local.mayHaveMembers(of: room) { return }
        deliver(payload)
    }

    private func deliver(_ payload: ByteBuffer) {
        let broadcast = ClassicBroadcast(
            payload, exceptFrom: adapter.uid, namespace: adapter.channels.namespace)
        if let broadcast { local.deliver(broadcast.arguments, to: broadcast.options) }
    }

    /// A request came; what is malformed, unknown or our own is ignored.
    func receivedRequest(_ payload: ByteBuffer) {
        guard let request = ClassicRequest(payload, namespace: adapter.channels.namespace), !adapter.isOwn(request)
        else { return }
        confirm(request)
        guard request.requestID != nil else { return executor.carryOut(request.kind, answer: nil) }
        executor.carryOut(request.kind) { answer(request, $0) }
    }

    /// Old peers ask for a confirmation from the node that has the socket.
    private func confirm(_ request: ClassicRequest) {
        guard request.requestID != nil else { return }
        switch request.kind {
        case .join(_, let options), .leave(_, let options), .disconnect(let options, _):
            local.fetch(options) { if !$0.isEmpty { answer(request, .done) } }
        case .sockets, .allRooms, .fetchSockets, .serverSideEmit, .broadcast: break
        }
    }

    private var executor: RequestExecutor {
        RequestExecutor(local: local, timeout: adapter.configuration.requestsTimeout)
    }

    private func answer(_ request: ClassicRequest, _ body: NodeAnswer) {
        guard let id = request.requestID else { return }
        let response = ClassicResponse(requestID: id, body: body, uid: adapter.isMember ? adapter.uid : nil)
        adapter.counters.answers.add(1, ordering: .relaxed)
        adapter.bus.publish(channel(for: request, body), response.encoded())
    }

    /// Values of server-side events always go to all (wire, 1.4).
    private func channel(for request: ClassicRequest, _ body: NodeAnswer) -> String {
        guard adapter.configuration.publishOnSpecificResponseChannel, let uid = request.uid
        else { return adapter.channels.response }
        if case .serverSideEmit = body { return adapter.channels.response }
        return adapter.channels.response(to: uid)
    }
}
