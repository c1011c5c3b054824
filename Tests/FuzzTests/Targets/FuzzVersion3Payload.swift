import EngineIO
import NIOCore

import enum SocketIO.Value

/// Reads a polling request body of revision 3. The first byte says what the body is: bit 0 a binary payload, bit 1 the form
/// of a JSONP client, bit 2 from a client that takes text only.
///
/// What is accepted survives encoding and decoding.
func fuzzVersion3Payload(_ input: ByteBuffer) throws {
    var body = input
    guard let choice: UInt8 = body.readInteger() else { return }
    let query = (choice & 2 != 0 ? "&j=7" : "") + (choice & 4 != 0 ? "&b64=1" : "")
    let client = Version3(query: QueryString(target: "/?EIO=3" + query))
    guard let packets = try? read(body, isBinary: choice & 1 != 0, from: client) else { return }
    let messages = packets.compactMap { packet -> Message? in
        if case .message(let message) = packet { message } else { nil }
    }
    guard !messages.isEmpty else { return }
    let adapted = messages.map { OutgoingMessage($0).adapted(to: client) }
    try checkWebSocket(messages, adapted)
    let (answer, type) = OutgoingMessage.payload(adapted, for: client)
    guard type == .script else {
        let again = try read(answer, isBinary: type == .binary, from: client)
        return try check(again == messages.map(Packet.message), "messages survive a polling response")
    }
    let called = try payload(ofScript: answer)
    // The client that is called is one that takes text only.
    let again = try read(called, isBinary: false, from: Version3(query: QueryString(target: "/?EIO=3&b64=1")))
    try check(again == messages.map(Packet.message), "messages survive a script")
}

private func read(_ body: ByteBuffer, isBinary: Bool, from client: Version3) throws -> [Packet] {
    let maxPackets = 16
    var payload = try Version3Payload(body, isBinary: isBinary, maxPackets: maxPackets, from: client)
    var packets: [Packet] = []
    while let packet = try payload.next() { packets.append(packet) }
    try check(packets.count <= maxPackets, "a body has no more packets than allowed")
    return packets
}

private func checkWebSocket(_ messages: [Message], _ adapted: [OutgoingMessage]) throws {
    for (message, adapted) in zip(messages, adapted) {
        let received = try ServerFrames(adapted.frames).messages
        guard received.count == 1, let packet = try? Packet(received[0], version: .v3) else {
            throw BrokenProperty(description: "a message is one packet")
        }
        try check(packet == .message(message), "a message survives a WebSocket frame")
    }
}

/// What a script calls `___eio[7]` with; its text is written as JSON writes it.
private func payload(ofScript script: ByteBuffer) throws -> ByteBuffer {
    let (start, end) = ("___eio[7](", ");")
    let text = String(buffer: script)
    try check(text.utf8.starts(with: start.utf8) && text.hasSuffix(end), "a script is a call")
    guard let value = try? Value(json: ByteBuffer(string: String(text.dropFirst(start.count).dropLast(end.count)))),
        let payload = value.string
    else { throw BrokenProperty(description: "a script's argument is a string") }
    return ByteBuffer(string: payload)
}
