public import Adapter
import SocketIO

// Typed events: how they are sent to many clients.

extension BroadcastOperator {
    /// Sends a typed event, without asking for acknowledgements.
    /// - Parameters:
    ///   - event: the event. What cannot be encoded is logged and not sent.
    ///   - payloads: the arguments.
    public func emit<each Payload: Encodable & Sendable, Reply>(
        _ event: SocketEvent<(repeat each Payload) -> Reply>, _ payloads: repeat each Payload
    ) {
        guard let arguments = namespace.encode(event.name, repeat each payloads) else { return }
        emit(event.name, arguments: arguments)
    }

    /// Sends a typed event and collects the clients' acknowledgements until all have come or the time is over.
    /// - Parameters:
    ///   - event: the event.
    ///   - payloads: the arguments.
    /// - Returns: the first argument of each acknowledgement; `expected` counts the clients that were asked, `missing`
    ///   those that did not answer in time or whose answer does not decode.
    /// - Throws: `EncodingError`; then nothing was sent.
    public func emitWithAcknowledgement<each Payload: Encodable & Sendable, Reply: Decodable & Sendable>(
        _ event: SocketEvent<(repeat each Payload) -> Reply>, _ payloads: repeat each Payload
    ) async throws -> ClusterAnswer<Reply> {
        let arguments = try Arguments(encoding: repeat each payloads)
        let answer = await emitWithAcknowledgement(event.name, arguments: arguments)
        let replies = answer.elements.compactMap { try? ValueDecoder().decode(Reply.self, from: $0) }
        let undecodable = answer.elements.count - replies.count
        return ClusterAnswer(
            elements: replies, expected: answer.expected, missing: answer.missing + undecodable, silent: answer.silent)
    }
}

extension Namespace {
    /// Sends a typed event to everybody in the namespace, on all nodes, without asking for acknowledgements.
    /// - Parameters:
    ///   - event: the event. What cannot be encoded is logged and not sent.
    ///   - payloads: the arguments.
    public func emit<each Payload: Encodable & Sendable, Reply>(
        _ event: SocketEvent<(repeat each Payload) -> Reply>, _ payloads: repeat each Payload
    ) {
        everybody.emit(event, repeat each payloads)
    }
}
