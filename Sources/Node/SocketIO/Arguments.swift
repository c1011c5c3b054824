public import NIOCore

/// The arguments of an event or an acknowledgement.
///
/// Arguments that came from a client stay as they came: JSON text with placeholders, and attachments. Forwarding them
/// (echo, broadcast, acknowledgement) copies bytes and decodes nothing; ``values`` decodes on demand.
public struct Arguments: Sendable {
    /// The arguments as JSON, separated by commas, without brackets; binary content as
    /// `{"_placeholder":true,"num":n}`. Syntactically valid: the parser, or the encoder, has made sure of it.
    public let json: ByteBuffer
    /// How many arguments there are.
    public let count: Int
    /// Binary content by placeholder number.
    public let attachments: [ByteBuffer]

    /// Arguments whose JSON was already checked.
    /// - Parameters:
    ///   - json: see ``json``.
    ///   - count: number of arguments in `json`.
    ///   - attachments: one buffer for each placeholder, by number.
    package init(uncheckedJSON json: ByteBuffer, count: Int, attachments: [ByteBuffer]) {
        self.json = json
        self.count = count
        self.attachments = attachments
    }
}
