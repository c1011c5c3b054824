import Logging
import SocketIO

// What the handlers of typed events have in common: decode, call, answer.

extension Event {
    /// Calls a handler with the decoded arguments and this event.
    func call<each Payload: Decodable, Reply>(
        _ handler: (repeat each Payload, Event) throws -> Reply
    ) throws -> Reply {
        let payloads = try arguments.decode(repeat (each Payload).self)
        return try apply(handler, to: (repeat each payloads, self))
    }

    /// Answers the client, if it waits for that.
    func reply(_ reply: some Encodable) throws {
        guard let acknowledgement else { return }
        acknowledgement.send(arguments: try Arguments(encoding: reply))
    }
}

extension AsyncEvent {
    /// Binds a handler to the decoded arguments and this event.
    ///
    /// Decoding and awaiting are kept apart: an asynchronous function that does both with a pack frees its stack in the
    /// wrong order and traps (Swift 6.3, debug builds).
    func bind<each Payload: Decodable & Sendable, Reply: Sendable>(
        _ handler: @escaping @Sendable (repeat each Payload, AsyncEvent) async throws -> Reply
    ) throws -> @Sendable () async throws -> Reply {
        let payloads = try arguments.decode(repeat (each Payload).self)
        return bound(handler, to: (repeat each payloads, self))
    }

    /// Answers the client, if it waits for that.
    func reply(_ reply: some Encodable) throws {
        guard let acknowledgement else { return }
        acknowledgement.send(arguments: try Arguments(encoding: reply))
    }
}

extension Namespace {
    /// The arguments of a typed event that is to be sent; `nil`, and logged without them, if they cannot be encoded.
    func encode<each Payload: Encodable>(_ event: String, _ payloads: repeat each Payload) -> Arguments? {
        do {
            return try Arguments(encoding: repeat each payloads)
        } catch {
            logger.error(
                "event cannot be encoded, not sent",
                metadata: ["event": "\(event)", "namespace": "\(name)", "error": "\(type(of: error))"])
            return nil
        }
    }
}

/// Calls a function with the elements of a tuple: a pack followed by something else cannot be passed directly.
private func apply<each Argument, Result>(
    _ function: (repeat each Argument) throws -> Result, to arguments: (repeat each Argument)
) throws -> Result {
    try function(repeat each arguments)
}

/// Binds a function to the elements of a tuple.
private func bound<each Argument: Sendable, Result: Sendable>(
    _ function: @escaping @Sendable (repeat each Argument) async throws -> Result, to arguments: (repeat each Argument)
) -> @Sendable () async throws -> Result {
    { try await function(repeat each arguments) }
}
