/// One Engine.IO session as a value: what its requests, its WebSocket, its timers and the layer above mean to each
/// other. It has no sockets and no clock: the shell tells it what happened and does what it answers.
///
/// Times are distances from any fixed origin. The shell calls ``timePassed(_:)`` before every other input that comes
/// from a client, so that nothing is served to a session that has timed out.
///
/// Source: Engine.IO protocol v4; of sessions of revision 3, Engine.IO protocol v3 and the reference server.
package struct Session {
    /// What all sessions of an engine have in common.
    package final class Settings: Sendable {
        package let pingInterval: Duration
        package let pingTimeout: Duration
        package let upgradeTimeout: Duration
        /// How long a closed polling session waits for the poll that takes the close packet.
        package let closingTimeout: Duration
        /// How long a client may take to poll again after the connection of its last poll broke.
        package let absenceTimeout: Duration
        package let allowsUpgrade: Bool
        /// Most bytes that wait for a poll.
        package let outboundLimit: Int

        package init(
            pingInterval: Duration, pingTimeout: Duration, upgradeTimeout: Duration, closingTimeout: Duration,
            absenceTimeout: Duration, allowsUpgrade: Bool, outboundLimit: Int
        ) {
            self.pingInterval = pingInterval
            self.pingTimeout = pingTimeout
            self.upgradeTimeout = upgradeTimeout
            self.closingTimeout = closingTimeout
            self.absenceTimeout = absenceTimeout
            self.allowsUpgrade = allowsUpgrade
            self.outboundLimit = outboundLimit
        }

        /// Longest time between two pings of a client of revision 3.
        var clientPingLimit: Duration { pingInterval + pingTimeout }
    }

    // In memory of its own, as the candidate, so that the many sessions that are open are small.
    indirect enum Phase {
        case open
        /// Closed on polling while no poll was pending: the next one gets what is queued.
        case closing(until: Duration)
        case closed
    }

    /// A WebSocket that may take the session over.
    indirect enum Candidate {
        case none
        case connected(until: Duration)
        /// It was probed: polls are answered at once, so that the client can move.
        case probed(until: Duration)
    }

    let settings: Settings
    /// How packets are written for a client of revision 3; `nil` for one of revision 4.
    package let version3: Version3?
    /// The transport in use.
    package internal(set) var transport: Transport
    var isPollPending = false
    /// Whether a POST request is being read.
    var isPostActive = false
    /// Whether a pong is in the queue: it answers all pings that come until it leaves.
    var isPongQueued = false
    var phase = Phase.open
    /// Whether the session is open: what the phase says, so that nobody copies a session to ask it.
    package internal(set) var isOpen = true
    /// What waits for the next poll.
    var queue: [OutgoingMessage] = []
    var queuedBytes = 0
    var candidate = Candidate.none
    var heartbeat: Heartbeat
    /// Pongs to come, in order, while barriers are among them. Otherwise the heartbeat knows whether it awaits one.
    var awaitedPongs: [AwaitedPong] = []

    /// A session that was opened just now.
    /// - Parameters:
    ///   - transport: its first transport.
    ///   - version3: what its client asked for if it speaks revision 3.
    ///   - settings: what all sessions have in common.
    ///   - now: the time.
    package init(transport: Transport, version3: Version3? = nil, settings: Settings, now: Duration) {
        self.settings = settings
        self.transport = transport
        self.version3 = version3
        heartbeat =
            version3 == nil
            ? Heartbeat(startedAt: now, interval: settings.pingInterval)
            : Heartbeat(ofClientAt: now, limit: settings.clientPingLimit)
    }

    /// The revision that its client speaks.
    package var version: ProtocolVersion { version3 == nil ? .v4 : .v3 }

    // MARK: Packets

    /// What to do about a packet.
    package enum PacketResult {
        case none
        case message(Message)
        /// A pong that was awaited: the next ping is due in `pingInterval`.
        case pong
        /// The client has answered a barrier.
        case barrierPassed
        /// A ping of a client of revision 3: to be answered.
        case ping
        case end(Ending)
    }

    /// A message arrived on the WebSocket in use.
    package mutating func received(_ message: consuming Message, now: @autoclosure () -> Duration) -> PacketResult {
        guard let packet = try? Packet(consume message, version: version) else {
            return Self.result(of: receivedMalformed())
        }
        return received(packet, now: now())
    }

    /// A packet arrived on the transport in use.
    package mutating func received(_ packet: Packet, now: @autoclosure () -> Duration) -> PacketResult {
        guard isOpen else { return .none }
        switch packet {
        case .message(let message): return .message(message)
        case .pong where version3 == nil: return receivedPong(now())
        case .close: return Self.result(of: receivedClose(now: now()))
        case .ping where version3 != nil: return receivedPing(now())
        // The heartbeat has one direction: servers ping in revision 4, clients in revision 3.
        case .ping, .pong: return Self.result(of: end(.transportError))
        case .open, .upgrade, .noop: return .none
        }
    }

    private mutating func receivedPing(_ now: Duration) -> PacketResult {
        heartbeat.receivedPing(now, limit: settings.clientPingLimit)
        guard !isPongQueued else { return .none }
        isPongQueued = transport == .polling
        return .ping
    }

    private static func result(of ending: Ending?) -> PacketResult {
        ending.map(PacketResult.end) ?? .none
    }

    // MARK: Sending

    /// What to do with a message for the client.
    package enum SendResult {
        /// Write it to the WebSocket.
        case write
        /// It waits for a poll.
        case queued
        /// It waits for the end of the loop turn; a poll is pending.
        case readyForPoll
        /// It is volatile and cannot be taken now, or the session is closed.
        case dropped
        case end(Ending)
    }

    /// The layer above, or the heartbeat, has a message for the client.
    /// - Parameters:
    ///   - message: the message.
    ///   - volatile: whether to drop it if the client cannot take it now.
    ///   - isBlocked: whether earlier bytes wait for the WebSocket's client to read.
    /// - Returns: what to do with it.
    package mutating func send(_ message: OutgoingMessage, volatile: Bool, isBlocked: Bool) -> SendResult {
        guard isOpen else { return .dropped }
        switch transport {
        case .websocket:
            return volatile && isBlocked ? .dropped : .write
        case .polling:
            guard !volatile || isPollPending else { return .dropped }
            guard message.size <= settings.outboundLimit - queuedBytes else {
                return end(.slowConsumer).map(SendResult.end) ?? .dropped
            }
            queue.append(message)
            queuedBytes += message.size
            return isPollPending ? .readyForPoll : .queued
        }
    }

    // MARK: Time

    /// What to do because time passed.
    package enum TimeResult {
        case none
        /// Send a ping.
        case ping
        /// Nothing yet; look again when ``heartbeatDue``.
        case wait
        /// Close the WebSocket that did not complete its upgrade.
        case abandonUpgrade
        case end(Ending)
        /// Nobody came for the close packet: forget the session.
        case forget
    }

    /// Time passed. The shell repeats the call until the result is `none`.
    package mutating func timePassed(_ now: Duration) -> TimeResult {
        switch phase {
        case .closed: return .none
        case .closing(let deadline):
            guard now >= deadline else { return .none }
            phase = .closed
            queue = []
            return .forget
        case .open: break
        }
        if let deadline = candidateDeadline, now >= deadline {
            candidate = .none
            return .abandonUpgrade
        }
        switch heartbeat.timePassed(now, timeout: settings.pingTimeout) {
        case .none: return .none
        case .ping:
            heartbeatPinged()
            return .ping
        case .wait: return .wait
        case .timeout: return end(.pingTimeout).map(TimeResult.end) ?? .none
        }
    }

    /// When the heartbeat is to be looked at next: until when the pong must come, if one is awaited; else when the next
    /// ping is due.
    package var heartbeatDue: Duration { heartbeat.due }
}
