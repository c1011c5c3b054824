import EngineIO
import NIOCore
import SocketIO

/// Decodes packets of the MessagePack format; what is accepted survives encoding and decoding.
func fuzzMessagePackPacket(_ input: ByteBuffer) throws {
    var decoder = PacketDecoder(format: .messagePack)
    guard let packet = try? decoder.received(.binary(input)) else { return }
    let encoder = PacketEncoder(format: .messagePack)
    let sent: OutgoingMessage
    switch packet.content {
    case .event(let name, let arguments, let id):
        sent = encoder.event(name, arguments, namespace: packet.namespace, acknowledgementID: id)
    case .acknowledgement(let id, let arguments):
        sent = encoder.acknowledgement(id, arguments, namespace: packet.namespace)
    case .connect, .connectError, .disconnect: return
    }
    guard let message = try ServerFrames(sent.frames).messages.first, let again = try decoder.received(message) else {
        throw BrokenProperty(description: "what is sent is one packet")
    }
    try check(again.namespace == packet.namespace, "a packet stays in its namespace")
    switch (packet.content, again.content) {
    case (.event(let name, let arguments, let id), .event(let newName, let received, let newID)):
        try check(newName == name && newID == id && received == arguments, "an event stays the same")
    case (.acknowledgement(let id, let arguments), .acknowledgement(let newID, let received)):
        try check(newID == id && received == arguments, "an acknowledgement stays the same")
    default: throw BrokenProperty(description: "a packet keeps its type")
    }
}
