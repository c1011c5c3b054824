import NIOCore
import SocketIO

/// Decodes MessagePack; what is accepted survives encoding and decoding, and has one written form.
func fuzzMessagePack(_ input: ByteBuffer) throws {
    guard let value = try? Value(messagePack: input) else { return }
    let written = messagePack(value)
    guard let again = try? Value(messagePack: written) else {
        throw BrokenProperty(description: "what is written can be read")
    }
    try check(again == value, "what is written is the value that was read")
    try check(messagePack(again) == written, "a value has one written form")
}

private func messagePack(_ value: Value) -> ByteBuffer {
    var buffer = ByteBuffer()
    value.writeMessagePack(to: &buffer)
    return buffer
}
