import NIOCore

extension TextWriter {
    /// Adds a value as compact JSON.
    /// - Parameters:
    ///   - value: the value.
    ///   - buffer: where the text goes.
    ///   - attachments: where binary content goes, leaving placeholders; with `nil` it takes the form of a Node.js
    ///     `Buffer`.
    mutating func append(_ value: Value, to buffer: inout ByteBuffer, attachments: inout [ByteBuffer]?) {
        switch value {
        case .null: append("null", to: &buffer)
        case .bool(let value): append(value ? "true" : "false", to: &buffer)
        case .int(let value): append(decimal: value, to: &buffer)
        case .double(let value):
            let text = value.isFinite ? JavaScriptNumber.text(value) : "null"
            append(text.utf8Span.span.bytes, to: &buffer)
        case .string(let value): append(string: value.utf8Span.span.bytes, to: &buffer)
        case .array(let elements):
            append(.openBracket, to: &buffer)
            for (index, element) in elements.enumerated() {
                if index > 0 { append(.comma, to: &buffer) }
                append(element, to: &buffer, attachments: &attachments)
            }
            append(.closeBracket, to: &buffer)
        case .object(let object):
            append(.openBrace, to: &buffer)
            for (index, member) in object.members.enumerated() {
                if index > 0 { append(.comma, to: &buffer) }
                append(string: member.key.utf8Span.span.bytes, to: &buffer)
                append(.colon, to: &buffer)
                append(member.value, to: &buffer, attachments: &attachments)
            }
            append(.closeBrace, to: &buffer)
        case .binary(let bytes):
            guard let number = attachments?.count else { return append(nodeBuffer: bytes, to: &buffer) }
            attachments?.append(bytes)
            append("{\"_placeholder\":true,\"num\":", to: &buffer)
            append(decimal: number, to: &buffer)
            append(.closeBrace, to: &buffer)
        }
    }

    private mutating func append(nodeBuffer bytes: ByteBuffer, to buffer: inout ByteBuffer) {
        append("{\"type\":\"Buffer\",\"data\":[", to: &buffer)
        for (index, byte) in bytes.readableBytesView.enumerated() {
            if index > 0 { append(.comma, to: &buffer) }
            append(decimal: byte, to: &buffer)
        }
        append("]}", to: &buffer)
    }
}
