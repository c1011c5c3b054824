import Foundation
import NIOCore
import SocketIO

/// Publications captured from Node.js peers (`@socket.io/redis-adapter` 8.3.0, `@socket.io/redis-emitter` 5.1.0).
struct GoldenVector: CustomStringConvertible {
    var title: String
    var channel: String
    /// As published: MessagePack, or the text that `JSON.stringify` gave.
    var payload: ByteBuffer
    var isMessagePack: Bool
    /// What it means, with binary content as `{"$bin": hex}`.
    var decoded: Value

    var description: String { "\(channel) \(title)" }

    /// The vectors of one section of the file.
    static func section(_ name: String) -> [GoldenVector] {
        guard let url = Bundle.module.url(forResource: "redis-golden", withExtension: "json"),
            let data = try? Data(contentsOf: url), let all = try? Value(json: ByteBuffer(bytes: data))
        else { return [] }
        return (all[name]?.array ?? []).map(GoldenVector.init)
    }

    private init(_ value: Value) {
        title = value["title"]?.string ?? ""
        channel = value["channel"]?.string ?? ""
        if let hex = value["hex"]?.string {
            payload = ByteBuffer(bytes: Self.bytes(hex))
            isMessagePack = true
            decoded = value["decoded"] ?? .null
        } else {
            payload = ByteBuffer()
            isMessagePack = false
            decoded = value["json"] ?? .null
            decoded.writeJSON(to: &payload)
        }
    }

    private static func bytes(_ hex: String) -> [UInt8] {
        let digits = Array(hex.utf8)
        return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
            UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16)
        }
    }

    /// A decoded value in the form of the file.
    static func marked(_ value: Value) -> Value {
        switch value {
        case .binary(let bytes):
            ["$bin": .string(bytes.readableBytesView.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())]
        case .array(let elements): .array(elements.map(marked))
        case .object(let object):
            .object(Value.Object(object.members.map { .init(key: $0.key, value: marked($0.value)) }))
        default: value
        }
    }
}
