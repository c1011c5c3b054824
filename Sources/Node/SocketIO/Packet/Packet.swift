/// One Socket.IO packet, complete with its attachments.
///
/// Source: Socket.IO protocol v5. BINARY_EVENT and BINARY_ACK are only another encoding of EVENT and ACK, so they are
/// not told apart here.
public struct Packet: Sendable {
    /// The namespace, with its leading slash; `/` is the main one.
    public var namespace: String
    /// What the packet says.
    public var content: Content

    /// What a packet says.
    public enum Content: Sendable {
        /// CONNECT: the peer wants to join the namespace. The payload is an object, `{}` if none came.
        case connect(payload: Value)
        /// DISCONNECT: the peer leaves the namespace.
        case disconnect
        /// EVENT: name and arguments; with an id when the peer wants an acknowledgement.
        case event(EventName, Arguments, acknowledgementID: Int?)
        /// ACK: the answer to an event that was sent with this id.
        case acknowledgement(id: Int, Arguments)
        /// CONNECT_ERROR: a string or an object. Only servers send it.
        case connectError(payload: Value)
    }

    /// Creates a packet.
    /// - Parameters:
    ///   - namespace: the namespace, with its leading slash.
    ///   - content: what the packet says.
    public init(namespace: String, content: Content) {
        self.namespace = namespace
        self.content = content
    }

    /// The number that a packet begins with on the wire.
    enum Kind: UInt8 {
        case connect = 0
        case disconnect = 1
        case event = 2
        case acknowledgement = 3
        case connectError = 4
        case binaryEvent = 5
        case binaryAcknowledgement = 6

        var isBinary: Bool { self == .binaryEvent || self == .binaryAcknowledgement }
    }
}
