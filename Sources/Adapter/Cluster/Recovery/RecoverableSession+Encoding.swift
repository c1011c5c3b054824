public import NIOCore
import SocketIO

extension RecoverableSession {
    /// In the form in which nodes share it: MessagePack `[id, namespace, rooms, data, start,
    /// restorations]`.
    public var encoded: ByteBuffer {
        let value: Value = [
            .string(id), .string(namespace), .array(rooms.map { .string($0) }), data, .string(start),
            .array(restorations.map { .string($0.text) }),
        ]
        var buffer = ByteBuffer()
        value.writeMessagePack(to: &buffer)
        return buffer
    }

    /// Reads what another node has written.
    /// - Parameters:
    ///   - encoded: as from ``encoded``; anything else gives `nil`.
    ///   - pid: the private id.
    public init?(_ encoded: ByteBuffer, pid: String) {
        guard let values = (try? Value(messagePack: encoded))?.array, values.count == 6, let id = values[0].string,
            let namespace = values[1].string, let rooms = values[2].array, let start = values[4].string,
            let restorations = values[5].array
        else { return nil }
        self.init(
            id: id, pid: pid, namespace: namespace, rooms: rooms.compactMap(\.string), data: values[3], start: start,
            restorations: restorations.compactMap { $0.string.flatMap(Restoration.init) })
    }
}
