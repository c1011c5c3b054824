/// How Socket.IO packets are written as Engine.IO messages: the parser that a server and its clients share.
///
/// All clients of a server use the same; there is nothing on the wire by which one could tell them apart.
public enum PacketFormat: Sendable, Hashable, CaseIterable {
    /// JSON text, binary content as attachments behind it: what clients use unless told otherwise.
    case json
    /// One binary message per packet: a MessagePack map `{type, data, nsp, id?}`, as `socket.io-msgpack-parser` and
    /// python-socketio's `serializer="msgpack"` write it.
    case messagePack
}
