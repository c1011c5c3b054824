import EngineIO
import NIOCore

/// Reads a polling request body. What is accepted survives encoding and decoding.
func fuzzPayload(_ input: ByteBuffer) throws {
    let maxPackets = 16
    guard let packets = try? read(input, maxPackets: maxPackets) else { return }
    try check((1...maxPackets).contains(packets.count), "a body has at least one packet and no more than allowed")
    let messages = packets.compactMap { packet -> Message? in
        if case .message(let message) = packet { message } else { nil }
    }
    // A text may hold the separator nowhere but in a WebSocket message.
    guard !messages.isEmpty else { return }
    let body = OutgoingMessage.payload(messages.map { OutgoingMessage($0) })
    let again = try read(body, maxPackets: maxPackets)
    try check(again == messages.map(Packet.message), "messages survive a polling response")
    for message in messages {
        try check(
            try ServerFrames(OutgoingMessage(message).frames).messages == [message.withType],
            "a message survives a WebSocket frame")
    }
}

private func read(_ body: ByteBuffer, maxPackets: Int) throws -> [Packet] {
    var payload = try Payload(body, maxPackets: maxPackets)
    var packets: [Packet] = []
    while let packet = try payload.next() { packets.append(packet) }
    try check(try payload.next() == nil, "the end of a body stays the end")
    return packets
}

extension Message {
    /// The message as a WebSocket message carries it.
    fileprivate var withType: Message {
        guard case .text(let text) = self else { return self }
        var packet = ByteBuffer(string: "4")
        packet.writeImmutableBuffer(text)
        return .text(packet)
    }
}
