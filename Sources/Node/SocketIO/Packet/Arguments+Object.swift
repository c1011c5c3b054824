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
        var json = ByteBufferAllocator().buffer(capacity: 64 + 64 * members.count)
        var writer = TextWriter()
        for (index, (name, member)) in members.enumerated() {
            writer.append(index == 0 ? "{\"" : ",\"", to: &json)
            writer.append(name, to: &json)
            writer.append("\":", to: &json)
            switch member {
            case .text(let text): writer.append(string: text.utf8Span.span.bytes, to: &json)
            case .bool(let value): writer.append(value ? "true" : "false", to: &json)
            }
        }
        writer.append(members.isEmpty ? "{}" : "}", to: &json)
        writer.flush(to: &json)
        self.init(uncheckedJSON: json, count: 1, attachments: [])
    }
}
