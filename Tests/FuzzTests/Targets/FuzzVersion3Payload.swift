import EngineIO
import NIOCore

/// Reads a polling request body of Engine.IO 3, whose form the first byte tells: `b` a binary payload, `j` a form of
/// JSONP, anything else a text. What is accepted survives encoding and decoding.
func fuzzVersion3Payload(_ input: ByteBuffer) throws {
    var body = input
    let form = body.readInteger(as: UInt8.self)
    let client = Version3(query: QueryString(target: form == UInt8(ascii: "j") ? "/?j=0" : "/"))
    guard let packets = try? read(body, isBinary: form == UInt8(ascii: "b"), from: client) else { return }
    let messages = packets.compactMap { packet -> Message? in
        if case .message(let message) = packet { message } else { nil }
    }
    guard !messages.isEmpty else { return }
    for target in ["/", "/?b64=1"] {
        let receiver = Version3(query: QueryString(target: target))
        let adapted = messages.map { OutgoingMessage($0).adapted(to: receiver) }
        let (payload, type) = OutgoingMessage.payload(adapted, for: receiver)
        let again = try read(payload, isBinary: type == .binary, from: receiver)
        try check(again == messages.map(Packet.message), "messages survive a polling response")
        for (message, adapted) in zip(messages, adapted) {
            let frames = try ServerFrames(adapted.frames).messages.map { try Packet($0, version: .v3) }
            try check(frames == [.message(message)], "a message survives a WebSocket frame")
        }
    }
}

private func read(_ body: ByteBuffer, isBinary: Bool, from client: Version3) throws -> [Packet] {
    let maxPackets = 16
    var payload = try Version3Payload(body, isBinary: isBinary, maxPackets: maxPackets, from: client)
    var packets: [Packet] = []
    while let packet = try payload.next() { packets.append(packet) }
    try check(packets.count <= maxPackets, "a body has no more packets than allowed")
    try check(try payload.next() == nil, "the end of a body stays the end")
    return packets
}
