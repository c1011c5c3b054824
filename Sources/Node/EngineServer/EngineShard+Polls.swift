import EngineIO
import HTTPCodec
import NIOCore

extension EngineShard {
    /// Answers a poll with messages, compressed if that is worth it.
    /// - Parameters:
    ///   - visitor: the poll.
    ///   - messages: the messages, in order.
    ///   - version3: what the client takes if it speaks revision 3 of the protocol.
    func answer(_ visitor: Visitor, _ messages: [OutgoingMessage], for version3: Version3?) {
        let (payload, type) = OutgoingMessage.payload(messages, for: version3)
        tally.counts.payloadsSent &+= payload.readableBytes
        guard let threshold = configuration.httpCompression?.threshold, payload.readableBytes >= threshold else {
            return visitor.answer(payload, type)
        }
        guard messages.contains(where: \.isCompressible),
            let coding = ContentCoding(acceptedBy: visitor.acceptedCodings),
            let compressed = compressors.compress(payload, coding)
        else { return visitor.answer(payload, type, fields: "vary: accept-encoding\r\n") }
        visitor.answer(
            compressed, type, fields: "vary: accept-encoding\r\ncontent-encoding: \(coding.rawValue)\r\n")
    }
}

extension Engine {
    /// What a client accepts, where polls are compressed.
    func acceptedCodings(_ head: RequestHead) -> [String] {
        configuration.httpCompression == nil || head.method != .get ? [] : head.fields.all("accept-encoding")
    }
}
