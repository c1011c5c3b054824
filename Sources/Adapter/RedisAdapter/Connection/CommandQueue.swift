import NIOCore
import Synchronization

/// The way from any thread to the command link: commands are encoded where they are given, into one buffer that the
/// link writes once per tick. So the order of calls is the order on the wire.
final class CommandQueue: Sendable {
    /// What may be handed over at present.
    enum Gate {
        /// Nothing: there is no connection.
        case closed
        /// Publications: Redis does not answer, but may have been frozen only.
        case publications
        /// Everything.
        case open
    }

    /// What became of a command.
    enum Verdict {
        case refused
        case queued
        /// Queued, and the link is to be woken.
        case first
    }

    private struct State {
        var gate = Gate.closed
        var bytes = ByteBuffer()
        var pending = PendingCommands()
        var wakeIsDue = false
        var dropped: UInt64 = 0
    }

    private let state = Mutex(State())
    private let limits: RedisConfiguration.Limits
    private let patience: TimeAmount

    init(_ configuration: RedisConfiguration) {
        limits = configuration.limits
        patience = TimeAmount(configuration.timing.command)
    }

    /// Publications that were dropped.
    var dropped: UInt64 { state.withLock { $0.dropped } }

    /// Opens or narrows the gate.
    func setGate(_ gate: Gate) {
        state.withLock { $0.gate = gate }
    }

    /// Hands over a command. One of the greeting, or of the health check, passes a closed gate.
    func append(
        _ words: [RedisArgument], greeting: Bool = false, completion: PendingCommands.Completion?
    ) -> Verdict {
        let deadline = NIODeadline.now() + patience
        return state.withLock { state in
            guard greeting || (state.gate == .open && hasRoom(state)) else { return .refused }
            return write(words, completion, deadline, &state)
        }
    }

    /// Hands over a publication.
    func appendPublication(_ words: [RedisArgument]) -> Verdict {
        state.withLock { state in
            guard state.gate != .closed, hasRoom(state) else {
                state.dropped += 1
                return .refused
            }
            return write(words, nil, .distantFuture, &state)
        }
    }

    private func hasRoom(_ state: borrowing State) -> Bool {
        state.bytes.readableBytes < limits.waitingBytes && state.pending.count < limits.waitingCommands
    }

    private func write(
        _ words: [RedisArgument], _ completion: PendingCommands.Completion?, _ deadline: NIODeadline,
        _ state: inout State
    ) -> Verdict {
        state.bytes.writeCommand(words)
        state.pending.append(completion, deadline: deadline)
        guard !state.wakeIsDue else { return .queued }
        state.wakeIsDue = true
        return .first
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

    /// The connection is lost.
    /// - Returns: who waited for a reply.
    func close() -> [PendingCommands.Completion] {
        state.withLock { state in
            let dropped = state.dropped
            defer {
                state = State()
                state.dropped = dropped
            }
            return state.pending.removeAll()
        }
    }
}
