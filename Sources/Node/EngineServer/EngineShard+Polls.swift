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
        if let threshold = configuration.httpCompression?.threshold, payload.readableBytes >= threshold {
            answer(visitor, payload, type, compressing: messages)
        } else {
            visitor.answer(payload, type)
        }
        // Their memory can be used again.
        for index in messages.indices where messages[index].isForOne { outbox.spares.put(messages[index].frames) }
    }

    private func answer(
        _ visitor: Visitor, _ payload: ByteBuffer, _ type: PayloadType, compressing messages: [OutgoingMessage]
    ) {
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
        guard configuration.httpCompression != nil, head.method == .get else { return [] }
        return head.hasField("accept-encoding") ? head.fields.all("accept-encoding") : []
    }
}
