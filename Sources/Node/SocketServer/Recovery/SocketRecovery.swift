import Cluster
import EngineIO

/// What a socket keeps for connection state recovery. Loop-confined. There is none where recovery is off.
final class SocketRecovery {
    /// What arrived for a socket that is being restored, before it is known what it has missed.
    struct Held {
        var messages: [(id: EventID?, message: OutgoingMessage)] = []
        var size = 0
    }

    /// The private id, by which the client can claim the socket.
    let pid: String
    /// The offset at which the socket was connected.
    let start: String
    /// Whether it was restored.
    let isRecovered: Bool
    /// Not `nil` while it is being restored.
    var held: Held?
    /// What it had received when it was restored; the same may still come from other nodes.
    var received = ReceivedEvents()
    /// The same as the store wants it to be kept.
    var restorations: [Restoration] = []
    /// Whether a store that is shared is about to be told what has changed.
    var isTelling = false

    init(pid: String, start: String, isRecovered: Bool) {
        self.pid = pid
        self.start = start
        self.isRecovered = isRecovered
        held = isRecovered ? Held() : nil
    }

    /// Keeps what arrived; over the limit nothing more, as it cannot be restored then.
    func hold(_ message: OutgoingMessage, _ id: EventID?, limit: Int) {
        guard let size = held?.size, size <= limit else { return }
        held?.messages.append((id, message))
        held?.size += message.size
    }
}

/// What a client says of a socket that it had: merged into the payload of its CONNECT (wire, section 7).
struct RecoveryClaim {
    /// The private id.
    let pid: String
    /// The offset of the last event that it received, if it received one.
    let offset: String?
}
