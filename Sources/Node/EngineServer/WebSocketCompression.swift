import Deflate
import EngineIO
import NIOCore

/// `permessage-deflate` on one connection: compresses what is sent and restores what arrives, as was agreed on.
/// Confined to the connection's loop.
final class WebSocketCompression {
    private let agreement: DeflateAgreement
    private let threshold: Int
    private let maxMessageSize: Int
    private let compressors: Compressors
    // The connection's own, where messages refer to earlier ones: made with the first message.
    private var deflater: Deflater?
    private var inflater: Inflater?

    /// - Parameters:
    ///   - agreement: what server and client have agreed on.
    ///   - threshold: shortest message in bytes that is compressed.
    ///   - maxMessageSize: longest message that is accepted, in bytes, when it is restored.
    ///   - compressors: those of the connection's loop.
    init(_ agreement: DeflateAgreement, threshold: Int, maxMessageSize: Int, compressors: Compressors) {
        self.agreement = agreement
        self.threshold = threshold
        self.maxMessageSize = maxMessageSize
        self.compressors = compressors
    }

    /// The frames of a message as this client gets them.
    func frames(of message: OutgoingMessage) -> ByteBuffer {
        // Mostly a short message. (The size has the headers in it.)
        guard message.size >= threshold, message.isCompressible else { return message.frames }
        guard agreement.serverContextTakeover else {
            let windowBits = agreement.serverWindowBits
            return message.deflatedFrames(threshold: threshold, windowBits: windowBits) { [compressors] in
                compressors.deflate($0, windowBits: windowBits)
            }
        }
        return message.deflatedFrames(threshold: threshold) { payload in
            deflater = deflater ?? compressors.makeDeflater(windowBits: agreement.serverWindowBits)
            return deflater.map { compressors.deflate(payload, by: $0) }
        }
    }

    /// Restores a message.
    /// - Parameters:
    ///   - payload: the compressed payload.
    ///   - isText: whether it is text.
    /// - Returns: the message, complete and valid.
    /// - Throws: ``EngineIO/WebSocketError`` if it is too long, corrupt or not valid text.
    func restore(_ payload: ByteBuffer, isText: Bool) throws(WebSocketError) -> WebSocketEvent {
        try .message(try inflate(payload), isText: isText)
    }

    private func inflate(_ payload: ByteBuffer) throws(WebSocketError) -> ByteBuffer {
        guard agreement.clientContextTakeover else { return try compressors.inflate(payload, limit: maxMessageSize) }
        guard let inflater = inflater ?? Inflater(windowBits: agreement.clientWindowBits) else { throw .outOfMemory }
        self.inflater = inflater
        return try inflater.inflate(payload, limit: maxMessageSize)
    }
}
