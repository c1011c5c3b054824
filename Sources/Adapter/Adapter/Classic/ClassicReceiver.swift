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

    /// A broadcast came; what is malformed, for another namespace or our own is ignored.
    func receivedBroadcast(_ payload: ByteBuffer) {
        adapter.counts.received(payload)
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
        switch request.kind {
        case .join(let rooms, let options):
            confirm(request, options)
            local.join(rooms, options)
        case .leave(let rooms, let options):
            confirm(request, options)
            local.leave(rooms, options)
        case .disconnect(let options, let close):
            confirm(request, options)
            local.disconnect(options, close: close)
        case .allRooms:
            local.rooms { answer(request, .rooms($0.sorted())) }
        case .sockets(let options):
            local.fetch(options) { answer(request, .sockets($0.map { .string($0.id) })) }
        case .fetchSockets(let options):
            local.fetch(options) { answer(request, .sockets($0.map(\.value))) }
        case .serverSideEmit(let arguments):
            let acknowledge: @Sendable (Value) -> Void = { answer(request, .serverSideEmit($0)) }
            local.receivedServerSide(arguments, acknowledge: request.requestID == nil ? nil : acknowledge)
        case .broadcast(let arguments, let options, let timeout):
            local.deliverExpectingAcknowledgements(
                arguments, to: options, timeout: timeout ?? adapter.configuration.requestsTimeout,
                clientCount: { answer(request, .clientCount($0)) },
                acknowledgement: { answer(request, .acknowledgement($0)) })
        }
    }

    /// Old peers ask for a confirmation from the node that has the socket.
    private func confirm(_ request: ClassicRequest, _ options: BroadcastOptions) {
        guard request.requestID != nil else { return }
        local.fetch(options) { if !$0.isEmpty { answer(request, .done) } }
    }

    private func answer(_ request: ClassicRequest, _ body: ClassicResponse.Body) {
        guard let id = request.requestID else { return }
        let response = ClassicResponse(requestID: id, body: body)
        adapter.counters.answers.add(1, ordering: .relaxed)
        adapter.bus.publish(channel(for: request, body), response.encoded())
    }

    /// Values of server-side events always go to all (wire, 1.4).
    private func channel(for request: ClassicRequest, _ body: ClassicResponse.Body) -> String {
        guard adapter.configuration.publishOnSpecificResponseChannel, let uid = request.uid
        else { return adapter.channels.response }
        if case .serverSideEmit = body { return adapter.channels.response }
        return adapter.channels.response(to: uid)
    }
}
