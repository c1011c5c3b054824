import NIOCore

/// A frame of the server.
enum RawFrame: Equatable, Sendable {
    case text(String)
    case binary([UInt8])
    /// Compressed by permessage-deflate.
    case deflated([UInt8], isText: Bool)
    case close(UInt16?)
    case pong(String)
    case other
}

extension RawClient {
    /// The header fields that ask for WebSocket.
    static let webSocket = [
        "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    ]

    /// Asks for WebSocket.
    @discardableResult
    func upgrade(_ target: String, headers: [String: String] = [:]) async throws -> RawResponse {
        try await exchange("GET", target, headers: Self.webSocket.merging(headers) { $1 })
    }

    /// Sends a masked frame.
    func sendFrame(_ opcode: UInt8, _ payload: [UInt8], isFinal: Bool = true) {
        let key: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]
        var frame: [UInt8] = [(isFinal ? 0x80 : 0) | opcode]
        switch payload.count {
        case ..<126: frame.append(0x80 | UInt8(payload.count))
        case ..<65_536: frame += [0xFE, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default: frame += [0xFF] + (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (56 - 8 * $0)) }
        }
        send(frame + key + payload.enumerated().map { $0.element ^ key[$0.offset % 4] })
    }

    func sendFrame(_ text: String) {
        sendFrame(0x1, Array(text.utf8))
    }

    /// Waits for a frame.
    func frame() async throws -> RawFrame {
        try await receive { bytes in
            guard let (first, second) = bytes.readMultipleIntegers(as: (UInt8, UInt8).self) else { return nil }
            let length: Int? =
                switch second {
                case ..<126: Int(second)
                case 126: bytes.readInteger(as: UInt16.self).map { Int($0) }
                default: bytes.readInteger(as: UInt64.self).map { Int($0) }
                }
            guard let length, var payload = bytes.readSlice(length: length) else { return nil }
            switch first {
            case 0x81: return .text(String(buffer: payload))
            case 0x82: return .binary(Array(buffer: payload))
            case 0xC1, 0xC2: return .deflated(Array(buffer: payload), isText: first == 0xC1)
            case 0x88: return .close(payload.readInteger())
            case 0x8A: return .pong(String(buffer: payload))
            default: return .other
            }
        }
    }
}
