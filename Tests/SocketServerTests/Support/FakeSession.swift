import EngineIO
import NIOCore

/// An Engine.IO session without a transport: it keeps what it is given to send.
final class FakeSession: EngineSession {
    let id: String
    let shard: Int
    let handshake: Handshake
    var transport = Transport.websocket
    var handler: (any SessionHandler)?
    /// Messages since the last look, binary ones in hexadecimal behind `b:`; volatile ones behind `~`.
    var sent: [String] = []
    /// Called for every message, before it is kept.
    var onSend: (() -> Void)?
    private(set) var closeReason: CloseReason?

    init(shard: Int, headers: [(name: String, value: String)] = []) {
        id = "session\(shard)"
        self.shard = shard
        handshake = Handshake(
            headers: headers, query: [("EIO", "4"), ("transport", "websocket")],
            url: "/socket.io/?EIO=4&transport=websocket", address: "192.0.2.1", secure: false,
            issued: 1_795_254_473_434)
    }

    func send(_ message: OutgoingMessage, volatile: Bool) {
        guard closeReason == nil else { return }
        onSend?()
        sent += Self.messages(in: message.frames).map { volatile ? "~" + $0 : $0 }
    }

    func close(_ reason: CloseReason) {
        guard closeReason == nil else { return }
        closeReason = reason
        handler?.closed(reason)
        handler = nil
    }

    /// What a client would read from these WebSocket frames.
    private static func messages(in frames: ByteBuffer) -> [String] {
        var frames = frames
        var messages: [String] = []
        while let opcode: UInt8 = frames.readInteger(), let short: UInt8 = frames.readInteger() {
            var length = Int(short)
            if short == 126 { length = Int(frames.readInteger(as: UInt16.self) ?? 0) }
            if short == 127 { length = Int(frames.readInteger(as: UInt64.self) ?? 0) }
            let payload = frames.readSlice(length: length) ?? ByteBuffer()
            if opcode == 0x81 {
                messages.append(String(String(buffer: payload).dropFirst()))
            } else {
                messages.append("b:" + payload.readableBytesView.map { String($0, radix: 16) }.joined())
            }
        }
        return messages
    }
}
