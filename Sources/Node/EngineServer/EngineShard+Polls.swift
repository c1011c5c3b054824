import EngineIO
import NIOCore
import NIOHTTP1

extension EngineShard {
    /// Answers a poll with messages, compressed if that is worth it.
    func answer(_ visitor: Visitor, _ messages: [OutgoingMessage]) {
        let payload = OutgoingMessage.payload(messages)
        guard let threshold = configuration.httpCompression?.threshold, payload.readableBytes >= threshold else {
            return visitor.answer(payload)
        }
        guard messages.contains(where: \.isCompressible),
            let coding = ContentCoding(acceptedBy: visitor.acceptedCodings),
            let compressed = compressors.compress(payload, coding)
        else { return visitor.answer(payload, fields: "vary: accept-encoding\r\n") }
        visitor.answer(
            compressed, fields: "vary: accept-encoding\r\ncontent-encoding: \(coding.rawValue)\r\n")
    }
}

extension Engine {
    /// What a client accepts, where polls are compressed.
    func acceptedCodings(_ head: HTTPRequestHead) -> [String] {
        configuration.httpCompression == nil || head.method != .GET ? [] : head.headers["accept-encoding"]
    }
}
