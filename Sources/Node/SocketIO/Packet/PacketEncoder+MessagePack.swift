import EngineIO
import NIOCore

// The format of socket.io-msgpack-parser: every packet is one binary message, a map with the keys of the reference's
// packet objects. Binary content stays where it is, so there are no binary types and no attachments.
extension PacketEncoder {
    /// CONNECT, CONNECT_ERROR or DISCONNECT.
    func messagePack(_ kind: Packet.Kind, _ payload: Value?, namespace: String) -> OutgoingMessage {
        var bytes = Self.head(kind, count: payload == nil ? 2 : 3, capacity: 64)
        if let payload {
            bytes.writeMessagePack(string: "data")
            payload.writeMessagePack(to: &bytes)
        }
        return Self.message(&bytes, namespace: namespace)
    }

    /// EVENT or ACK. The name, if there is one, is not among the arguments yet.
    func messagePack(
        _ kind: Packet.Kind, _ name: EventName?, _ arguments: Arguments, namespace: String, id: Int?
    ) -> OutgoingMessage {
        let length = arguments.json.readableBytes + (name?.json.readableBytes ?? 0) + namespace.utf8.count
        // The keys take 18 bytes, the heads of the values some more.
        var bytes = Self.head(kind, count: id == nil ? 3 : 4, capacity: length + 48)
        bytes.writeMessagePack(string: "data")
        bytes.writeMessagePack(arrayCount: arguments.count + (name == nil ? 0 : 1))
        if let name { bytes.writeMessagePack(Arguments(uncheckedJSON: name.json, count: 1, attachments: [])) }
        bytes.writeMessagePack(arguments)
        if let id {
            bytes.writeMessagePack(string: "id")
            bytes.writeMessagePack(integer: Int64(id))
        }
        return Self.message(&bytes, namespace: namespace)
    }

    private static func head(_ kind: Packet.Kind, count: Int, capacity: Int) -> ByteBuffer {
        var bytes = ByteBufferAllocator().buffer(capacity: capacity)
        bytes.writeMessagePack(mapCount: count)
        bytes.writeMessagePack(string: "type")
        bytes.writeMessagePack(integer: Int64(kind.rawValue))
        return bytes
    }

    private static func message(_ bytes: inout ByteBuffer, namespace: String) -> OutgoingMessage {
        bytes.writeMessagePack(string: "nsp")
        bytes.writeMessagePack(string: namespace)
        return OutgoingMessage(.binary(bytes))
    }
}
