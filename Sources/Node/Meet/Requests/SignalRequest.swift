import SocketIO

/// What a client sends with `webrtc-offer`, `webrtc-answer` or `ice-candidate` (applications, A.3 and A.7.3(6)):
/// `({offer})`, `({answer})`, `({candidate})`, each with an optional `pairId`.
struct SignalRequest: Equatable {
    /// The value of the payload's own field, as it came: an object; a candidate may also be `null`.
    let content: Value
    /// Name of that field.
    let field: String
    /// The pair that the client meant, if it said so.
    let pairID: String?

    /// Reads the arguments.
    /// - Throws: ``Refusal/invalidPayload`` or ``Refusal/tooLarge``.
    init(_ kind: Relay.Kind, _ arguments: Arguments, limits: MeetConfiguration.Limits) throws(Refusal) {
        field = Self.field(of: kind)
        guard let size = arguments.size(at: 0) else { throw .invalidPayload }
        guard size <= (kind == .candidate ? limits.candidate : limits.description) else { throw .tooLarge }
        // Signalling is JSON; binary content would bypass the limit.
        guard arguments.attachments.isEmpty, let object = arguments[0]?.object, let content = object[field] else {
            throw .invalidPayload
        }
        guard content.object != nil || kind == .candidate && content.isNull else { throw .invalidPayload }
        self.content = content
        pairID = try TextRequest.pairID(in: object)
    }

    /// The arguments that the partner gets.
    /// - Parameter sender: socket id of the sender.
    func payload(from sender: String) -> Arguments {
        Arguments(
            .object(Value.Object([.init(key: field, value: content), .init(key: "from", value: .string(sender))])))
    }

    private static func field(of kind: Relay.Kind) -> String {
        switch kind {
        case .offer: "offer"
        case .answer: "answer"
        default: "candidate"
        }
    }
}
