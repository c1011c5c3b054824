/// Why messages of a peer are not a packet. The session they came on is to be closed.
///
/// Source: Socket.IO protocol v5, and the checks of the reference's parser.
public enum PacketError: Error, Sendable, Equatable {
    /// The message does not begin with a digit from 0 to 6.
    case unknownType
    /// The number of attachments is absent or not a number.
    case illegalAttachmentCount
    /// More attachments are announced than allowed.
    case tooManyAttachments
    /// The message is not MessagePack, in that format.
    case invalidMessagePack(MessagePackError)
    /// The namespace is absent or not a string, where the format is MessagePack.
    case invalidNamespace
    /// The namespace's name is too long.
    case namespaceTooLong
    /// The acknowledgement id is above 2^53, or absent where there must be one.
    case illegalAcknowledgementID
    /// The payload is not JSON; the offset is counted in bytes from the beginning of the message.
    case invalidJSON(JSONError)
    /// The payload is JSON, but not what this type of packet must have, or it is absent.
    case invalidPayload
    /// The event's name is one of the reserved ones.
    case reservedEventName
    /// A text came while attachments are missing, or where every message is binary.
    case unexpectedText
    /// A binary message came while no attachment is missing.
    case unexpectedBinary
    /// Placeholders and attachments do not match one to one.
    case illegalAttachments
}
