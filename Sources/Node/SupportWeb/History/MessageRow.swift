import Support

/// A message as the HTTP interface shows it: a row of the table `mensajes` (applications, B.7).
struct MessageRow: Encodable {
    let id: Int64
    let sender: String
    let recipient: String
    let text: String
    /// ISO 8601 in UTC with milliseconds, such as `2026-11-21T12:00:00.250Z`.
    let date: String

    private enum CodingKeys: String, CodingKey {
        case id
        case sender = "de_usuario"
        case recipient = "para_usuario"
        case text = "mensaje"
        case date = "fecha"
    }

    init(_ message: StoredMessage) {
        id = message.id
        sender = message.sender
        recipient = message.recipient
        text = message.text
        date = SupportTimestamp.text(message.milliseconds)
    }
}
