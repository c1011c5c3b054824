import SocketIO

/// What one member of a pair sends to the other: from node to node, checked by the receiving node.
///
/// Decision: members never write to each other directly. The node of the sender checks the payload and relays it to
/// the socket id of the partner as the internal event ``event``, with the id of the pair; the node of the receiver
/// shows it to its client only while that client is in that very pair. So nothing reaches a stranger, whatever
/// overtakes what, and readiness travels on the same road as the signalling that depends on it.
struct Relay: Sendable, Equatable {
    /// Name of the internal event. It is handled by the receiving server and never shown to a client.
    static let event = "meet:relay"

    /// What is relayed.
    enum Kind: String, Sendable {
        /// A text message.
        case message
        /// A session description that opens a call.
        case offer = "webrtc-offer"
        /// A session description that answers one.
        case answer = "webrtc-answer"
        /// A network address to try.
        case candidate = "ice-candidate"
        /// The sender is ready for a call, and asks for an offer.
        case ready = "ready-to-connect"
        /// The sender is ready for a call, and has been given the open offer again.
        case readyWithOffer = "ready-with-offer"
    }

    /// What it is; for all but the last two at the same time the name of the client's event.
    var kind: Kind
    /// The pair that it belongs to.
    var pairID: String
    /// The arguments of the client's event.
    var payload: Arguments

    init(_ kind: Kind, pairID: String, payload: Arguments = []) {
        self.kind = kind
        self.pairID = pairID
        self.payload = payload
    }

    /// Reads the arguments of the internal event; `nil` if they are not of this form.
    init?(_ arguments: Arguments) {
        guard let kind = arguments[0]?.string.flatMap(Kind.init), let pairID = arguments[1]?.string else { return nil }
        self.init(kind, pairID: pairID, payload: arguments.dropFirst(2))
    }

    /// The arguments of the internal event: kind, pair, and the client's arguments as they are.
    var arguments: Arguments { Arguments(.string(kind.rawValue), .string(pairID)).appending(payload) }
}
