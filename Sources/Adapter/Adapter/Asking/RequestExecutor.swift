import Cluster
import SocketIO

/// Carries out on this node what another node asks.
struct RequestExecutor: Sendable {
    let local: any LocalSockets
    /// How long clients have to acknowledge if the asking node does not say.
    let timeout: Duration

    /// Carries out a request.
    /// - Parameters:
    ///   - request: what is asked.
    ///   - answer: called with each answer, on any thread; `nil` when none is wanted.
    func carryOut(_ request: NodeRequest, answer: (@Sendable (NodeAnswer) -> Void)?) {
        switch request {
        case .join(let rooms, let options): local.join(rooms, options)
        case .leave(let rooms, let options): local.leave(rooms, options)
        case .disconnect(let options, let close): local.disconnect(options, close: close)
        case .serverSideEmit(let arguments):
            let acknowledge = answer.map { answer in { @Sendable (value: Value) in answer(.serverSideEmit(value)) } }
            local.receivedServerSide(arguments, acknowledge: acknowledge)
        case .allRooms, .sockets, .fetchSockets, .broadcast:
            if let answer { look(request, answer: answer) }
        }
    }

    /// Carries out what is only asked for the sake of an answer.
    private func look(_ request: NodeRequest, answer: @escaping @Sendable (NodeAnswer) -> Void) {
        switch request {
        case .allRooms: local.rooms { answer(.rooms($0.sorted())) }
        case .sockets(let options): local.fetch(options) { answer(.sockets($0.map { .string($0.id) })) }
        case .fetchSockets(let options): local.fetch(options) { answer(.sockets($0.map(\.value))) }
        case .broadcast(let arguments, let options, let timeout):
            local.deliverExpectingAcknowledgements(
                arguments, to: options, timeout: timeout ?? self.timeout,
                clientCount: { answer(.clientCount($0)) }, acknowledgement: { answer(.acknowledgement($0)) })
        case .join, .leave, .disconnect, .serverSideEmit: break
        }
    }
}
