import NIOCore
import SocketIO

import enum EngineIO.Message

/// Feeds messages to a packet decoder: the input up to a byte FF is a text, each part behind it a binary message.
///
/// Whatever is accepted must decode, must survive encoding and decoding, and must be JSON for the reader too.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPacketDecoder(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let parts = UnsafeBufferPointer(start: start, count: count).split(separator: 0xFF, omittingEmptySubsequences: false)
    // Transports pass valid UTF-8 only.
    let text = ByteBuffer(string: String(decoding: parts[0], as: UTF8.self))
    var decoder = PacketDecoder()
    if let packet = try? decoder.received(.text(text)) { check(packet) }
    for part in parts.dropFirst() {
        if let packet = try? decoder.received(.binary(ByteBuffer(bytes: part))) { check(packet) }
    }
    checkAgreement(text)
    return 0
}

private func check(_ packet: Packet) {
    var connection = Connection<Int>()
    _ = connection.received(packet)
    switch packet.content {
    case .event(let name, let arguments, let id):
        precondition(!name.isReserved && EventName(name.string) == name)
        check(arguments)
        let message = PacketEncoder().event(name, arguments, namespace: packet.namespace, acknowledgementID: id)
        precondition(message.size > arguments.json.readableBytes)
    case .acknowledgement(let id, let arguments):
        check(arguments)
        _ = PacketEncoder().acknowledgement(id, arguments, namespace: packet.namespace)
    case .connect(let payload): precondition(payload.object != nil)
    case .connectError, .disconnect: break
    }
}

private func check(_ arguments: Arguments) {
    let values = arguments.values
    precondition(values.count == arguments.count)
    for index in 0...arguments.count {
        precondition(arguments.prefix(index).values == Array(values.prefix(index)))
        precondition(arguments.dropFirst(index).values == Array(values.dropFirst(index)))
    }
    precondition(arguments[arguments.count] == nil)
    let again = Arguments(values)
    precondition(again.count == arguments.count && again.attachments.count == arguments.attachments.count)
}

/// The scanner, which packets go through, and the reader must accept the same texts, and what is written must read back
/// as the same text.
private func checkAgreement(_ text: ByteBuffer) {
    let array = ByteBuffer(string: "[\"a\"," + String(buffer: text) + "]")
    var decoder = PacketDecoder()
    let isPacket = (try? decoder.received(.text(ByteBuffer(string: "2" + String(buffer: array))))) != nil
    let value = try? Value(json: array, depthLimit: 129)
    precondition(isPacket == (value != nil))
    guard let value else { return }
    let first = json(value)
    guard let again = try? Value(json: first, depthLimit: 129) else { preconditionFailure("unreadable JSON written") }
    precondition(json(again) == first)
}

private func json(_ value: Value) -> ByteBuffer {
    var buffer = ByteBuffer()
    value.writeJSON(to: &buffer)
    return buffer
}
