import NIOCore
import SocketIO

import enum EngineIO.Message
import struct EngineIO.OutgoingMessage

/// Feeds messages to a packet decoder: the input up to a byte FF is a text, each part behind it a binary message.
///
/// What is accepted survives encoding and decoding, the bytes of its arguments unchanged.
func fuzzPacket(_ input: ByteBuffer) throws {
    let parts = input.split(separator: 0xFF)
    var messages = parts.dropFirst().map(Message.binary)
    messages.insert(.text(parts[0].repairedText), at: 0)
    for packet in decode(messages) {
        var connection = Connection<Int>()
        _ = connection.received(packet)
        var old = packet
        old.readProtocol4()
        try check(!old.namespace.utf8.contains(UInt8(ascii: "?")), "a namespace of protocol 4 has no query")
        try checkRoundTrip(packet)
        switch packet.content {
        case .event(let name, let arguments, _):
            try check(!name.isReserved && EventName(name.string) == name, "an event's name has one form")
            try check(arguments)
        case .acknowledgement(_, let arguments): try check(arguments)
        case .connect(let payload): try check(payload.object != nil, "CONNECT carries an object")
        case .connectError, .disconnect: break
        }
    }
}

/// The packets that a decoder makes of messages; it goes on behind those that it refuses.
private func decode(_ messages: [Message]) -> [Packet] {
    var decoder = PacketDecoder()
    return messages.compactMap { try? decoder.received($0) }
}

private func checkRoundTrip(_ packet: Packet) throws {
    let encoder = PacketEncoder()
    switch packet.content {
    case .event(let name, let arguments, let id):
        let sent = encoder.event(name, arguments, namespace: packet.namespace, acknowledgementID: id)
        let again = try only(packetOf: sent)
        guard case .event(name, let received, acknowledgementID: id) = again.content else {
            throw BrokenProperty(description: "an event stays the same event")
        }
        try check(again.namespace == packet.namespace, "an event stays in its namespace")
        try check(isForwarded(arguments, as: received), "an event is forwarded byte for byte")
        let joined = encoder.event(
            Arguments(event: name, arguments), namespace: packet.namespace, acknowledgementID: id)
        try check(joined.frames == sent.frames, "name and arguments have one form, joined or not")
    case .acknowledgement(let id, let arguments):
        let again = try only(packetOf: encoder.acknowledgement(id, arguments, namespace: packet.namespace))
        guard case .acknowledgement(id, let received) = again.content else {
            throw BrokenProperty(description: "an acknowledgement stays the same")
        }
        try check(again.namespace == packet.namespace, "an acknowledgement stays in its namespace")
        try check(isForwarded(arguments, as: received), "an acknowledgement is forwarded byte for byte")
    case .connect, .connectError, .disconnect: break
    }
}

private func isForwarded(_ sent: Arguments, as received: Arguments) -> Bool {
    received.json == sent.json && received.count == sent.count && received.attachments == sent.attachments
}

/// What a receiver reads from a message.
private func only(packetOf message: OutgoingMessage) throws -> Packet {
    let packets = decode(try ServerFrames(message.frames).messages.map(\.withoutType))
    guard packets.count == 1, let packet = packets.first else {
        throw BrokenProperty(description: "what is sent is one packet")
    }
    return packet
}

extension Message {
    /// The message without the Engine.IO packet type.
    fileprivate var withoutType: Message {
        guard case .text(var text) = self else { return self }
        text.moveReaderIndex(forwardBy: 1)
        return .text(text)
    }
}

private func check(_ arguments: Arguments) throws {
    let values = arguments.values
    try check(values.count == arguments.count, "arguments are as many as were counted")
    for index in 0...arguments.count {
        try check(arguments.prefix(index).values == Array(values.prefix(index)), "a prefix has the same values")
        try check(arguments.dropFirst(index).values == Array(values.dropFirst(index)), "a suffix has the same values")
    }
    try check(arguments[arguments.count] == nil, "there is nothing behind the last argument")
    let again = Arguments(values)
    try check(
        again.count == arguments.count && again.attachments.count == arguments.attachments.count,
        "values encode to as many arguments and attachments")
}
