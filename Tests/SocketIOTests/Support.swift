import NIOCore

import enum EngineIO.Message
import struct EngineIO.OutgoingMessage

@testable import SocketIO

/// A generator whose sequence depends on its seed only (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension Value {
    /// Any value, nested at most `depth` deep.
    static func random(depth: Int, binary: Bool, using generator: inout SeededGenerator) -> Value {
        let kinds = depth > 0 ? 8 : 6
        switch Int.random(in: 0..<kinds, using: &generator) {
        case 0: return .null
        case 1: return .bool(.random(using: &generator))
        case 2: return .int(Int64(truncatingIfNeeded: generator.next()) >> Int64.random(in: 0..<64, using: &generator))
        case 3:
            let number = Double(bitPattern: generator.next())
            // JavaScript's digits of integers beyond 2^53 are rounded, and read back as another integer.
            let isRounded = number.rounded() == number && number.magnitude > 0x1p53 && number.magnitude < 1e21
            return .double(number.isFinite && !isRounded ? number : 0.5)
        case 4 where binary:
            let count = Int.random(in: 0..<40, using: &generator)
            return .binary(ByteBuffer(bytes: (0..<count).map { UInt8(truncatingIfNeeded: $0) }))
        case 4, 5: return .string(.random(using: &generator))
        case 6:
            return .array(
                (0..<Int.random(in: 0..<20, using: &generator)).map { _ in
                    random(depth: depth - 1, binary: binary, using: &generator)
                })
        default:
            return .object(
                Object(
                    (0..<Int.random(in: 0..<20, using: &generator)).map { _ in
                        Object.Member(
                            key: .random(using: &generator),
                            value: random(depth: depth - 1, binary: binary, using: &generator))
                    }))
        }
    }

    /// The value as JSON, binary content in the form of a Node.js `Buffer`.
    var jsonText: String {
        var buffer = ByteBuffer()
        writeJSON(to: &buffer)
        return String(buffer: buffer)
    }

    init(jsonText: String) throws(JSONError) { try self.init(json: ByteBuffer(string: jsonText)) }
}

extension String {
    /// Any text of up to 40 characters, some of which JSON must escape.
    static func random(using generator: inout SeededGenerator) -> String {
        let interesting: [Character] = [
            "\"", "\\", "/", "\n", "\u{0}", "\u{1F}", "é", "e\u{301}", "\u{2028}", "😀", "字",
        ]
        return String(
            (0..<Int.random(in: 0..<40, using: &generator)).map { _ in
                Bool.random(using: &generator)
                    ? interesting[Int.random(in: 0..<interesting.count, using: &generator)]
                    : Character(Unicode.Scalar(UInt8.random(in: 0x20..<0x7F, using: &generator)))
            })
    }
}

extension ByteBuffer {
    init(hexadecimal: String) {
        let digits = hexadecimal.utf8.map { UInt8(Character(Unicode.Scalar($0)).hexDigitValue ?? 0) }
        self.init(bytes: stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] })
    }

    var hexadecimal: String {
        readableBytesView.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

extension OutgoingMessage {
    /// The messages inside: what a client's transport makes of the frames.
    var messages: [Message] {
        var frames = frames
        var messages: [Message] = []
        while let opcode = frames.readInteger(as: UInt8.self), let short = frames.readInteger(as: UInt8.self) {
            let length: Int? =
                switch short {
                case 126: frames.readInteger(as: UInt16.self).map { Int($0) }
                case 127: frames.readInteger(as: UInt64.self).map { Int($0) }
                default: Int(short)
                }
            guard let length, var payload = frames.readSlice(length: length) else { break }
            if opcode == 0x82 {
                messages.append(.binary(payload))
            } else if opcode == 0x81, payload.readInteger(as: UInt8.self) == UInt8(ascii: "4") {
                messages.append(.text(payload))
            }
        }
        return messages
    }

    /// The text of the first message.
    var text: String? {
        guard case .text(let text) = messages.first else { return nil }
        return String(buffer: text)
    }
}

extension Message {
    static func text(_ string: String) -> Message { .text(ByteBuffer(string: string)) }
    static func binary(_ bytes: UInt8...) -> Message { .binary(ByteBuffer(bytes: bytes)) }
}

extension Value {
    static func bytes(_ bytes: UInt8...) -> Value { .binary(ByteBuffer(bytes: bytes)) }
}
