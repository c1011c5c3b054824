extension Session {
    /// What the shell does when a session ends, once.
    package struct Ending {
        /// What the layer above is told.
        package var reason: CloseReason
        /// What the pending poll is answered with; `nil` if none is pending.
        package var poll: [OutgoingMessage]?
        /// What the WebSocket in use is told.
        package var webSocket: Farewell
        /// Whether the session's id stays known until a poll has taken the close packet.
        package var lingers: Bool
    }

    /// How the WebSocket of a session ends.
    package enum Farewell: Equatable, Sendable {
        /// Not at all: it has ended.
        case none
        /// With a close frame.
        case closeFrame
        /// With the packet `1` and a close frame.
        case closePacket
        /// At once: its client does not read.
        case cut
    }

    /// The layer above closes the session.
    /// - Parameters:
    ///   - reason: what it is told in turn.
    ///   - now: the time.
    /// - Returns: `nil` if the session has ended already.
    package mutating func close(_ reason: CloseReason, now: Duration) -> Ending? {
        let unsent = queue
        guard var ending = end(reason) else { return nil }
        if reason.isVerdict { linger(with: unsent + [.close], &ending, now: now) }
        return ending
    }

    /// The client's close packet arrived. Its last poll may still be on its way, over another connection: the client is
    /// owed an answer to it, whichever of the two came first.
    mutating func receivedClose(now: Duration) -> Ending? {
        guard var ending = end(.transportClose, pendingPoll: .noop, webSocket: .closeFrame) else { return nil }
        linger(with: [.noop], &ending, now: now)
        return ending
    }

    /// If no poll is pending to be told of the end, the next one is.
    private mutating func linger(with messages: [OutgoingMessage], _ ending: inout Ending, now: Duration) {
        guard transport == .polling, ending.poll == nil else { return }
        queue = messages
        phase = .closing(until: now + settings.closingTimeout)
        ending.lingers = true
    }

    /// What arrived cannot be decoded.
    package mutating func receivedMalformed() -> Ending? {
        end(.parseError)
    }

    /// The WebSocket in use closed or failed.
    package mutating func webSocketClosed(_ reason: CloseReason) -> Ending? {
        end(reason, webSocket: reason == .slowConsumer ? .cut : .none)
    }

    /// Ends the session.
    /// - Parameters:
    ///   - reason: why.
    ///   - last: what a pending poll gets behind what is queued.
    ///   - farewell: what the WebSocket in use is told.
    /// - Returns: `nil` if it has ended already.
    mutating func end(
        _ reason: CloseReason, pendingPoll last: OutgoingMessage = .close, webSocket farewell: Farewell = .closePacket
    ) -> Ending? {
        guard isOpen else { return nil }
        phase = .closed
        isOpen = false
        candidate = .none
        let ending = Ending(
            reason: reason, poll: isPollPending ? queue + [last] : nil,
            webSocket: reason.farewell ?? farewell, lingers: false)
        isPollPending = false
        queue = []
        queuedBytes = 0
        return ending
    }
}

extension CloseReason {
    /// What a WebSocket is told, if the reason decides that. A server that shuts down closes it without a packet, as the
    /// JavaScript one does: some clients take the packet for a wish that they do not come back. So does one that was
    /// taken for dead.
    fileprivate var farewell: Session.Farewell? {
        switch self {
        case .slowConsumer: .cut
        case .serverShuttingDown, .leaseLost: .closeFrame
        default: nil
        }
    }
}
