package import NIOCore

/// Polling by script elements and forms, for browsers without cross-origin requests: answers are scripts that call
/// `___eio[<number>]` with the payload, and a POST request is a form with the payload in its field `d`.
///
/// Source: Engine.IO protocol v3, "Transports", and the reference server.
package enum JSONP {
    /// A script that calls a callback with a payload.
    /// - Parameters:
    ///   - callback: number of the callback.
    ///   - payload: the payload, valid UTF-8.
    /// - Returns: `___eio[<callback>]("<payload>");`, its payload a JSON string that is a JavaScript string, too.
    package static func call(_ callback: Int, with payload: ByteBuffer) -> ByteBuffer {
        var script = ByteBufferAllocator().buffer(capacity: payload.readableBytes + payload.readableBytes / 8 + 32)
        script.writeString("___eio[\(callback)](\"")
        let bytes = payload.readableBytesView
        var plain = bytes.startIndex
        for (index, byte) in zip(bytes.indices, bytes) where mayNeedEscape(byte) {
            guard let escape = escape(bytes[index...]) else { continue }
            script.writeBytes(bytes[plain..<index])
            script.writeString(escape.text)
            plain = index + escape.length
        }
        script.writeBytes(bytes[plain...])
        script.writeStaticString("\");")
        return script
    }

    private static func mayNeedEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0xE2
    }

    /// How a script writes the character at the beginning of some bytes; `nil` if it stands for itself.
    private static func escape(_ bytes: ByteBufferView) -> (text: String, length: Int)? {
        switch bytes.first {
        case UInt8(ascii: "\""): return ("\\\"", 1)
        case UInt8(ascii: "\\"): return ("\\\\", 1)
        case UInt8(ascii: "\n"): return ("\\n", 1)
        case UInt8(ascii: "\r"): return ("\\r", 1)
        case UInt8(ascii: "\t"): return ("\\t", 1)
        case 0x08: return ("\\b", 1)
        case 0x0C: return ("\\f", 1)
        case let control? where control < 0x20:
            return ((control < 0x10 ? "\\u000" : "\\u00") + String(control, radix: 16), 1)
        // U+2028 and U+2029 ended lines, and so strings, in JavaScript before 2019.
        case 0xE2 where bytes.starts(with: [0xE2, 0x80, 0xA8]): return ("\\u2028", 3)
        case 0xE2 where bytes.starts(with: [0xE2, 0x80, 0xA9]): return ("\\u2029", 3)
        default: return nil
        }
    }

    /// The payload of a form.
    /// - Parameter form: the body of a POST request, `d=…` among other fields.
    /// - Returns: the payload; `nil` if there is no such field.
    package static func payload(of form: ByteBuffer) -> ByteBuffer? {
        var rest = form.readableBytesView
        while !rest.isEmpty {
            let field = rest.prefix { $0 != UInt8(ascii: "&") }
            if field.starts(with: "d=".utf8) {
                return newlinesRestored(QueryString.percentDecoded(field.dropFirst(2)))
            }
            rest = rest.dropFirst(field.count + 1)
        }
        return nil
    }

    /// Forms change line breaks, so clients write `\n` for one, and `\\n` for a backslash before an `n`.
    private static func newlinesRestored(_ text: [UInt8]) -> ByteBuffer {
        let (backslash, letter) = (UInt8(ascii: "\\"), UInt8(ascii: "n"))
        var restored = ByteBufferAllocator().buffer(capacity: text.count)
        var rest = text[...]
        while let byte = rest.popFirst() {
            if byte == backslash, rest.first == letter {
                restored.writeInteger(UInt8(ascii: "\n"))
                rest = rest.dropFirst()
            } else if byte == backslash, rest.starts(with: [backslash, letter]) {
                restored.writeBytes([backslash, letter])
                rest = rest.dropFirst(2)
            } else {
                restored.writeInteger(byte)
            }
        }
        return restored
    }
}
