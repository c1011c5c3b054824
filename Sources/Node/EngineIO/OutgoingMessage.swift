public import NIOCore

/// A group of Engine.IO messages (one Socket.IO packet: a text and its attachments), encoded once for any number of
/// receivers on either transport.
///
/// The bytes are complete, unmasked WebSocket frames, one after the other. A text frame's payload `4…` is at the same
/// time the polling form of that message, so one buffer serves both transports; only binary messages need base64
/// for polling, made on demand.
public struct OutgoingMessage: Sendable {
    /// A message inside ``frames``.
    struct Part: Sendable {
        var payloadStart: Int
        var payloadLength: Int
        var isBinary: Bool
    }

    /// Complete WebSocket frames, ready to be written.
    public let frames: ByteBuffer
    let first: Part
    let attachments: [Part]
    /// Whether its memory is that of an ``EngineSession/messageBuffer()``, and can be used again when it has been sent.
    package private(set) var isForOne = false
    /// One word; a reference only for what is compressed once for many.
    var compression = Compression.allowed

    /// Encodes a text message and the binary messages that follow it.
    /// - Parameters:
    ///   - capacity: expected size of the text in bytes.
    ///   - attachments: binary messages, sent right behind the text.
    ///   - writeText: appends the text (UTF-8, without the Engine.IO packet type) to the buffer. It must only append.
    public init(capacity: Int = 64, attachments: [ByteBuffer] = [], writeText: (inout ByteBuffer) -> Void) {
        self.init(packetOf: capacity + 1, attachments: attachments) { buffer in
            buffer.writeInteger(UInt8(ascii: "4"))
            writeText(&buffer)
        }
    }

    /// Encodes a text packet and the binary messages that follow it.
    /// - Parameters:
    ///   - capacity: expected size of the packet in bytes.
    ///   - attachments: binary messages.
    ///   - writePacket: appends the packet with its type.
    private init(packetOf capacity: Int, attachments: [ByteBuffer], writePacket: (inout ByteBuffer) -> Void) {
        // The frame header is 2, 4 or 10 bytes; leave room for the longest and write the real one right before the payload.
        let reserved = 10
        let size = capacity + reserved + attachments.reduce(0) { $0 + $1.readableBytes + reserved }
        var buffer = ByteBufferAllocator().buffer(capacity: size)
        buffer.moveWriterIndex(forwardBy: reserved)
        writePacket(&buffer)
        let length = buffer.writerIndex - reserved
        buffer.moveReaderIndex(to: reserved - FrameHeader.size(payloadLength: length))
        FrameHeader.set(opcode: 0x1, payloadLength: length, before: reserved, in: &buffer)
        first = Part(payloadStart: reserved, payloadLength: length, isBinary: false)
        self.attachments = attachments.map { attachment in
            FrameHeader.write(opcode: 0x2, payloadLength: attachment.readableBytes, to: &buffer)
            let part = Part(
                payloadStart: buffer.writerIndex, payloadLength: attachment.readableBytes, isBinary: true)
            buffer.writeImmutableBuffer(attachment)
            return part
        }
        frames = buffer
    }

    /// Encodes a text message whose length is known, and the binary messages that follow it: much cheaper than to find
    /// the length out.
    /// - Parameters:
    ///   - length: length of the text in bytes.
    ///   - attachments: binary messages, sent right behind the text.
    ///   - writeText: appends the text (UTF-8, without the Engine.IO packet type): exactly `length` bytes.
    package init(
        textOfLength length: Int, attachments: [ByteBuffer] = [], writeText: (inout OutputRawSpan) -> Void
    ) {
        self.init(packetOfLength: length + 1, attachments: attachments) { output in
            output.append(UInt8(ascii: "4"))
            writeText(&output)
        }
    }

    /// Encodes a text packet whose length is known, and the binary messages that follow it.
    /// - Parameters:
    ///   - length: length of the packet in bytes.
    ///   - attachments: binary messages.
    ///   - writePacket: appends the packet with its type: exactly `length` bytes.
    init(packetOfLength length: Int, attachments: [ByteBuffer] = [], writePacket: (inout OutputRawSpan) -> Void) {
        let payloadStart = FrameHeader.size(payloadLength: length)
        first = Part(payloadStart: payloadStart, payloadLength: length, isBinary: false)
        var size = payloadStart + length
        self.attachments = attachments.map { attachment in
            let length = attachment.readableBytes
            let part = Part(
                payloadStart: size + FrameHeader.size(payloadLength: length), payloadLength: length, isBinary: true)
            size = part.payloadStart + length
            return part
        }
        var buffer = ByteBufferAllocator().buffer(capacity: size)
        buffer.writeWithOutputRawSpan(minimumWritableBytes: size) { output in
            FrameHeader.write(opcode: 0x1, payloadLength: length, to: &output)
            writePacket(&output)
            for attachment in attachments {
                FrameHeader.write(opcode: 0x2, payloadLength: attachment.readableBytes, to: &output)
                output.append(contentsOf: attachment.readableBytesSpan)
            }
        }
        frames = buffer
    }

    /// Encodes a text message whose length is known, for one client.
    /// - Parameters:
    ///   - length: length of the text in bytes.
    ///   - buffer: where to, see ``EngineSession/messageBuffer()``.
    ///   - writeText: appends the text (UTF-8, without the Engine.IO packet type): exactly `length` bytes.
    package init(
        textOfLength length: Int, in buffer: consuming ByteBuffer, writeText: (inout OutputRawSpan) -> Void
    ) {
        let payloadLength = length + 1
        let payloadStart = FrameHeader.size(payloadLength: payloadLength)
        buffer.writeWithOutputRawSpan(minimumWritableBytes: payloadStart + payloadLength) { output in
            FrameHeader.write(opcode: 0x1, payloadLength: payloadLength, to: &output)
            output.append(UInt8(ascii: "4"))
            writeText(&output)
        }
        first = Part(payloadStart: payloadStart, payloadLength: payloadLength, isBinary: false)
        attachments = []
        frames = buffer
        isForOne = true
    }

    /// Encodes one message, for example to echo it.
    /// - Parameter message: the message.
    public init(_ message: Message) {
        switch message {
        case .text(let text):
            self.init(textOfLength: text.readableBytes) { $0.append(contentsOf: text.readableBytesSpan) }
        case .binary(let bytes):
            self.init(binary: bytes)
        }
    }

    /// Encodes a message that is no packet of Engine.IO.
    /// - Parameter message: the message, to be sent over WebSocket as it is.
    package init(bare message: Message) {
        switch message {
        case .text(let text):
            self.init(packetOfLength: text.readableBytes) { $0.append(contentsOf: text.readableBytesSpan) }
        case .binary(let bytes): self.init(binary: bytes)
        }
    }

    private init(binary bytes: ByteBuffer) {
        let length = bytes.readableBytes
        first = Part(
            payloadStart: FrameHeader.size(payloadLength: length), payloadLength: length, isBinary: true)
        attachments = []
        frames = WebSocketFrame.frame(0x2, bytes)
    }

    /// Encodes the parts of another message anew.
    /// - Parameters:
    ///   - message: the other message.
    ///   - encode: gets the content of a part and whether it is binary; returns the payload of the new frame, complete
    ///     with the packet's type if it has one, and whether that is binary.
    init(_ message: OutgoingMessage, encode: (ByteBuffer, Bool) -> (payload: ByteBuffer, isBinary: Bool)) {
        var buffer = ByteBuffer()
        func write(_ part: Part) -> Part {
            let (payload, isBinary) = encode(message.slice(part), part.isBinary)
            FrameHeader.write(opcode: isBinary ? 0x2 : 0x1, payloadLength: payload.readableBytes, to: &buffer)
            defer { buffer.writeImmutableBuffer(payload) }
            return Part(payloadStart: buffer.writerIndex, payloadLength: payload.readableBytes, isBinary: isBinary)
        }
        first = write(message.first)
        attachments = message.attachments.map(write)
        frames = buffer
    }

    /// Bytes that this message adds to a session's outbound queue.
    public var size: Int { frames.readableBytes }
}
