import NIOCore
import Synchronization

/// The way from any thread to the command link of one server: commands are encoded where they are given, into one buffer
/// that the link writes once per tick. So the order of calls is the order on the wire.
final class CommandQueue: Sendable {
    /// What may be handed over at present.
    enum Gate {
        /// No commands: there is no connection. Publications are kept or dropped.
        case closed
        /// Everything, to wait for the first connection, which is being made.
        case opening
        /// Publications: Redis does not answer, but may have been frozen only.
        case publications
        /// Everything; publications wait until the other nodes have subscribed again, too.
        case settling
        /// Everything.
        case open
    }

    /// What became of a command.
    enum Verdict {
        case refused
        /// Written into the buffer, or kept.
        case queued
        /// Written into the buffer, and the link is to be woken.
        case first
    }

    private struct State {
        var gate: Gate
        var bytes = ByteBuffer()
        var pending = PendingCommands()
        var held = HeldCommands()
        var wakeIsDue = false
        var losses = Losses()
        /// Whether there has been a connection, so that other nodes may have lost theirs, too.
        var hasConnected = false
    }

    private let state: Mutex<State>
    private let limits: RedisConfiguration.Limits
    private let kept: Int
    private let patience: TimeAmount

    /// A queue without a connection.
    /// - Parameters:
    ///   - configuration: bounds and patience.
    ///   - gate: what may be handed over before there is one.
    init(_ configuration: RedisConfiguration, gate: Gate = .closed) {
        state = Mutex(State(gate: gate))
        limits = configuration.limits
        kept = configuration.outage.keptBytes
        patience = TimeAmount(configuration.timing.command)
    }

    /// Publications that did not, or perhaps did not, reach Redis.
    var losses: Losses { state.withLock { $0.losses } }

    /// Publications that wait for Redis to come back.
    var keptPublications: Int { state.withLock { $0.held.count } }

    /// Whether nothing waits for a reply, or to be sent.
    var isIdle: Bool { state.withLock { $0.pending.count == 0 && $0.held.isEmpty } }

    /// Whether commands are taken at present.
    var takesCommands: Bool { state.withLock { ![.closed, .publications].contains($0.gate) } }

    /// Hands over a command. One of the greeting, or of the health check, passes a closed gate.
    /// - Parameters:
    ///   - words: the command.
    ///   - greeting: whether it passes a closed gate.
    ///   - asking: whether `ASKING` goes before it, for a slot that is on its way to the server.
    ///   - completion: told what came of it.
    /// - Returns: what became of it so far.
    func append(
        _ words: [RedisArgument], greeting: Bool = false, asking: Bool = false,
        completion: PendingCommands.Completion?
    ) -> Verdict {
        let deadline = NIODeadline.now() + patience
        return state.withLock { state in
            if !greeting {
                switch state.gate {
                case .closed, .publications: return .refused
                case .opening:
                    guard state.held.bytes < limits.waitingBytes else { return .refused }
                    state.held.append(words, completion)
                    return .queued
                case .settling, .open: guard hasRoom(state) else { return .refused }
                }
            }
            if asking { _ = write(["ASKING"], nil, deadline, &state) }
            return write(words, completion, deadline, &state)
        }
    }

    /// Hands over a command that takes its place among the publications.
    func appendPublication(_ words: [RedisArgument]) -> Verdict {
        state.withLock { state in
            publish(&state, orKeep: words) { $0.writeCommand(words) }
        }
    }

    /// Hands over a publication.
    /// - Parameters:
    ///   - command: `PUBLISH` or `SPUBLISH`.
    ///   - channel: where.
    ///   - payload: any bytes.
    /// - Returns: what became of it.
    func appendPublication(_ command: RedisArgument, _ channel: String, _ payload: ByteBuffer) -> Verdict {
        state.withLock { state in
            publish(&state, orKeep: [command, .text(channel), .bytes(payload)]) {
                $0.writeCommand(command, channel, payload)
            }
        }
    }

    private func publish(
        _ state: inout State, orKeep words: @autoclosure () -> [RedisArgument], _ write: (inout ByteBuffer) -> Void
    ) -> Verdict {
        guard state.gate == .open || state.gate == .publications, state.held.isEmpty else {
            return keep(words(), &state)
        }
        guard hasRoom(state) else {
            state.losses.dropped += 1
            return .refused
        }
        write(&state.bytes)
        return written(nil, .distantFuture, &state)
    }

    /// A publication cannot be written now.
    private func keep(_ words: [RedisArgument], _ state: inout State) -> Verdict {
        let limit = state.gate == .opening ? limits.waitingBytes : kept
        if limit > 0 { state.held.append(words, nil) }
        state.losses.dropped += limit > 0 ? state.held.dropOldestPublications(beyond: limit) : 1
        return limit > 0 ? .queued : .refused
    }

    private func hasRoom(_ state: borrowing State) -> Bool {
        state.bytes.readableBytes < limits.waitingBytes && state.pending.count < limits.waitingCommands
    }

    private func write(
        _ words: [RedisArgument], _ completion: PendingCommands.Completion?, _ deadline: NIODeadline,
        _ state: inout State
    ) -> Verdict {
        state.bytes.writeCommand(words)
        return written(completion, deadline, &state)
    }

    /// A command stands in the buffer.
    private func written(
        _ completion: PendingCommands.Completion?, _ deadline: NIODeadline, _ state: inout State
    ) -> Verdict {
        state.pending.append(completion, deadline: deadline)
        guard !state.wakeIsDue else { return .queued }
        state.wakeIsDue = true
        return .first
    }

    /// The connection was greeted. What was kept before a first connection is written at once: nobody missed anything yet.
    /// - Returns: whether ``settled()`` is to be called after some time, because publications were kept.
    func connected() -> Bool {
        state.withLock { state in
            let settles = state.gate == .closed && state.hasConnected && !state.held.isEmpty
            state.hasConnected = true
            state.gate = settles ? .settling : .open
            if !settles { writeHeld(&state) }
            return settles
        }
    }

    /// The other nodes have had the time to subscribe again: what was kept is written now.
    func settled() {
        state.withLock { state in
            guard state.gate == .settling else { return }
            state.gate = .open
            writeHeld(&state)
        }
    }

    /// Redis fell silent, or speaks again.
    /// - Parameters:
    ///   - isAlive: whether it speaks.
    ///   - settling: whether kept publications still wait, as ``connected()`` has said.
    func heard(isAlive: Bool, settling: Bool) {
        state.withLock { state in
            state.gate = !isAlive ? .publications : settling ? .settling : .open
            if state.gate == .open { writeHeld(&state) }
        }
    }

    private func writeHeld(_ state: inout State) {
        let deadline = NIODeadline.now() + patience
        while let entry = state.held.popFirst() {
            _ = write(entry.words, entry.completion, entry.completion == nil ? .distantFuture : deadline, &state)
        }
    }

    /// Takes what is to be written. The link calls it when it can write; the next command wakes it again.
    func take() -> ByteBuffer? {
        state.withLock { state in
            state.wakeIsDue = false
            guard state.bytes.readableBytes > 0 else { return nil }
            defer { state.bytes = ByteBuffer() }
            return state.bytes
        }
    }

    /// A reply came.
    /// - Returns: see ``PendingCommands/replied()``.
    func replied() -> PendingCommands.Addressee {
        state.withLock { $0.pending.replied() }
    }

    /// Time has passed.
    /// - Returns: whose deadline is over.
    func expired(at now: NIODeadline) -> [PendingCommands.Completion] {
        state.withLock { $0.pending.expired(at: now) }
    }

    /// The connection is lost, or could not be made. Publications that were not written are kept.
    /// - Returns: who waited for a reply.
    func close() -> [PendingCommands.Completion] {
        state.withLock { state in
            var old = state
            state = State(gate: .closed)
            (state.losses, state.hasConnected) = (old.losses, old.hasConnected)
            state.losses.unconfirmed += UInt64(old.pending.publications)
            let waiting = old.pending.removeAll() + old.held.removeCommands()
            state.held = old.held
            state.losses.dropped += state.held.dropOldestPublications(beyond: kept)
            return waiting
        }
    }

    /// Takes the publications that are kept, to be sent by another server.
    func takeKept() -> HeldCommands {
        state.withLock { state in
            guard state.gate == .closed else { return HeldCommands() }
            defer { state.held = HeldCommands() }
            return state.held
        }
    }
}

/// Publications that are known, or possible, to be lost.
struct Losses: Equatable {
    /// Never sent: Redis could not be reached, or too much was waiting.
    var dropped: UInt64 = 0
    /// Sent, but the connection was lost before Redis said that it has them.
    var unconfirmed: UInt64 = 0

    static func + (one: Losses, other: Losses) -> Losses {
        Losses(dropped: one.dropped &+ other.dropped, unconfirmed: one.unconfirmed &+ other.unconfirmed)
    }
}
