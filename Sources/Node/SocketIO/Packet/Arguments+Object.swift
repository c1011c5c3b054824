import EngineIO
import NIOCore

/// An object that is sent often, written as its JSON without building a ``Value``.
extension Arguments {
    /// What a member of an object is.
    package enum Member {
        case text(String)
        case bool(Bool)
    }

    /// One argument: an object.
    /// - Parameter members: names, which need no escapes in JSON, and values, in order.
    package init(object members: KeyValuePairs<StaticString, Member>) {
        guard members.allSatisfy(\.value.isPlain) else {
            let object = members.map { Value.Object.Member(key: "\($0)", value: $1.value) }
            self.init([.object(Value.Object(object))])
            return
        }
        // Quotes, colon and comma of each, and the braces.
        let length = members.reduce(2) { $0 + $1.key.utf8CodeUnitCount + 4 + $1.value.length }
        var json = ByteBuffer()
        json.writeWithOutputRawSpan(minimumWritableBytes: length) { output in
            output.append(.openBrace)
            for (index, (name, member)) in members.enumerated() {
                if index > 0 { output.append(.comma) }
                output.append(.quote)
                name.withUTF8Buffer { output.append(contentsOf: $0.span.bytes) }
                output.append(.quote)
                output.append(.colon)
                member.write(to: &output)
            }
            output.append(.closeBrace)
        }
        self.init(uncheckedJSON: json, count: 1, attachments: [])
    }
}

extension Arguments.Member {
    /// Whether its JSON is its text with quotes.
    fileprivate var isPlain: Bool {
        guard case .text(let text) = self else { return true }
        let bytes = text.utf8Span.span.bytes
        return bytes.endOfPlainText(from: 0) == bytes.byteCount
    }

    /// Length of the JSON of a plain one.
    fileprivate var length: Int {
        switch self {
        case .text(let text): text.utf8.count + 2
        case .bool(let value): value ? 4 : 5
        }
    }

    fileprivate func write(to output: inout OutputRawSpan) {
        switch self {
        case .text(let text):
            output.append(.quote)
            output.append(contentsOf: text.utf8Span.span.bytes)
            output.append(.quote)
        case .bool(true): output.append(contentsOf: "true".utf8Span.span.bytes)
        case .bool(false): output.append(contentsOf: "false".utf8Span.span.bytes)
        }
    }

    fileprivate var value: Value {
        switch self {
        case .text(let text): .string(text)
        case .bool(let value): .bool(value)
        }
    }
}
