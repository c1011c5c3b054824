import NIOCore
import SocketIO

/// How requests and answers are written: as JSON or as MessagePack; the first byte tells (wire, 1.4).
enum ClassicMessage {
    /// Reads either form; `nil` for anything that is not an object.
    static func object(_ payload: ByteBuffer) -> Value? {
        let isJSON = payload.readableBytesView.first == UInt8(ascii: "{")
        let value = isJSON ? try? Value(json: payload) : try? Value(messagePack: payload)
        return value?.object == nil ? nil : value
    }

    static func json(_ value: Value) -> ByteBuffer {
        var buffer = ByteBuffer()
        value.writeJSON(to: &buffer)
        return buffer
    }

    static func messagePack(_ value: Value) -> ByteBuffer {
        var buffer = ByteBuffer()
        value.writeMessagePack(to: &buffer)
        return buffer
    }
}
