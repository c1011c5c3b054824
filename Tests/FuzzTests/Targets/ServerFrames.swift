import Deflate
import NIOCore

import enum EngineIO.Message

/// The WebSocket frames of a server, read as a strict client does (RFC 6455, section 5).
struct ServerFrames {
    /// Opcode and payload of each frame, restored if it was compressed.
    private(set) var frames: [(opcode: UInt8, payload: ByteBuffer)] = []
    private let inflater: Inflater?

    /// Reads complete frames.
    /// - Parameters:
    ///   - bytes: the frames.
    ///   - isDeflating: whether `permessage-deflate` was agreed on. Default: `false`.
    /// - Throws: ``BrokenProperty`` if they are not as a server must send them, or something follows a close frame.
    init(_ bytes: ByteBuffer, isDeflating: Bool = false) throws {
        inflater = isDeflating ? Inflater(windowBits: 15) : nil
        var bytes = bytes
        while bytes.readableBytes > 0 {
            try check(frames.last?.opcode != 0x8, "a close frame is the last one")
            try readFrame(&bytes)
        }
    }

    private mutating func readFrame(_ bytes: inout ByteBuffer) throws {
        guard let first: UInt8 = bytes.readInteger(), let second: UInt8 = bytes.readInteger() else {
            throw BrokenProperty(description: "a frame has a header")
        }
        let isDeflated = inflater != nil && first & 0x70 == 0x40 && first & 0x8 == 0
        try check(first & 0xF0 == (isDeflated ? 0xC0 : 0x80), "a frame is final, without reserved bits")
        try check([0x1, 0x2, 0x8, 0x9, 0xA].contains(first & 0xF), "a frame has a known opcode")
        try check(second & 0x80 == 0, "a server does not mask")
        var length = Int(second)
        switch second {
        case 126:
            length = bytes.readInteger(as: UInt16.self).map(Int.init) ?? 0
            try check(length > 125, "a length takes its shortest form")
        case 127:
            length = bytes.readInteger(as: UInt64.self).flatMap(Int.init(exactly:)) ?? 0
            try check(length > 0xFFFF, "a length takes its shortest form")
        default: break
        }
        guard var payload = bytes.readSlice(length: length) else {
            throw BrokenProperty(description: "a frame is complete")
        }
        if isDeflated, let inflater { payload = try inflater.inflate(message: payload, limit: 1 << 20) }
        frames.append((first & 0xF, payload))
    }

    /// The messages among them.
    var messages: [Message] {
        frames.compactMap { frame in
            switch frame.opcode {
            case 0x1: .text(frame.payload)
            case 0x2: .binary(frame.payload)
            default: nil
            }
        }
    }
}
