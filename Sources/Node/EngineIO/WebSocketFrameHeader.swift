import NIOCore

/// The head of a frame that a client sent. Source: RFC 6455, section 5.2.
struct WebSocketFrameHeader {
    enum Opcode: UInt8 {
        case continuation = 0x0
        case text = 0x1
        case binary = 0x2
        case close = 0x8
        case ping = 0x9
        case pong = 0xA
    }

    let opcode: Opcode
    let isFinal: Bool
    let payloadLength: Int
    /// The masking key, its first byte lowest.
    let key: UInt32
    /// Length of this head in bytes.
    let size: Int

    var isControl: Bool { opcode.rawValue >= 0x8 }

    /// Reads a head without consuming it.
    /// - Parameter input: bytes from the beginning of a frame.
    /// - Returns: `nil` if it is not complete.
    /// - Throws: ``WebSocketCloseCode/protocolError`` if it breaks the rules: reserved bits, an unknown opcode, no mask,
    ///   a control frame that is long or in pieces.
    init?(_ input: ByteBuffer) throws(WebSocketCloseCode) {
        let start = input.readerIndex
        guard let (first, second) = input.getMultipleIntegers(at: start, as: (UInt8, UInt8).self) else { return nil }
        guard first & 0x70 == 0, second & 0x80 != 0, let opcode = Opcode(rawValue: first & 0x0F) else {
            throw .protocolError
        }
        self.opcode = opcode
        isFinal = first & 0x80 != 0
        let shortLength = Int(second & 0x7F)
        if opcode.rawValue >= 0x8 {
            guard isFinal, shortLength <= 125 else { throw .protocolError }
        }
        switch shortLength {
        case 126:
            guard let length = input.getInteger(at: start + 2, as: UInt16.self) else { return nil }
            payloadLength = Int(length)
            size = 8
        case 127:
            guard let length = input.getInteger(at: start + 2, as: UInt64.self) else { return nil }
            guard let length = Int(exactly: length) else { throw .protocolError }
            payloadLength = length
            size = 14
        default:
            payloadLength = shortLength
            size = 6
        }
        guard let key = input.getInteger(at: start + size - 4, endianness: .little, as: UInt32.self) else { return nil }
        self.key = key
    }
}
