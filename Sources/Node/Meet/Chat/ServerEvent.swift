import SocketIO

/// What the client of a participant is told about its chat: the name of the event.
enum ServerEvent: String, Sendable {
    /// It is in the queue.
    case waiting
    /// A chat begins.
    case chatStart
    /// The partner has left the chat, which is over.
    case partnerLeft
    /// The partner has lost its connection, and may come back.
    case partnerAway
    /// The partner is back.
    case partnerBack
    /// It is to open a call.
    case createOffer = "create-offer"
    /// A text message, its own or the partner's.
    case message
    /// The partner's session description that opens a call.
    case offer = "webrtc-offer"
    /// The partner's session description that answers one.
    case answer = "webrtc-answer"
    /// A network address to try.
    case candidate = "ice-candidate"

    /// The name as it is sent. Those of which a chat has many are made once.
    var name: EventName {
        switch self {
        case .message: Self.messageName
        case .chatStart: Self.chatStartName
        case .partnerLeft: Self.partnerLeftName
        default: EventName(rawValue)
        }
    }

    private static let messageName = EventName(ServerEvent.message.rawValue)
    private static let chatStartName = EventName(ServerEvent.chatStart.rawValue)
    private static let partnerLeftName = EventName(ServerEvent.partnerLeft.rawValue)
}
