public import NIOCore

extension Value {
    /// Decodes JSON text, as strictly as `JSON.parse`.
    ///
    /// Integers that fit 64 bits become ``int(_:)``, all other numbers ``double(_:)``; a lone surrogate in an escape
    /// sequence becomes U+FFFD; of a key that comes twice the first place and the last value count.
    /// - Parameters:
    ///   - json: the text, one value with nothing behind it.
    ///   - attachments: binary content that placeholders `{"_placeholder":true,"num":n}` stand for. Without
    ///     attachments placeholders are objects like others.
    ///   - depthLimit: how deep arrays and objects may nest, 128 by default, 512 at most.
    /// - Throws: ``JSONError`` for text that is not JSON, too deep, or whose placeholders and attachments do not match
    ///   one to one.
    public init(json: ByteBuffer, attachments: [ByteBuffer] = [], depthLimit: Int = 128) throws(JSONError) {
        let bytes = json.readableBytesSpan
        var reader = JSONReader(attachments: attachments, depthLimit: depthLimit)
        let value = try reader.readText(bytes)
        if !attachments.isEmpty { try Placeholders.check(bytes, attachmentCount: attachments.count) }
        self = value
    }

    /// Appends the value as compact JSON, exactly as `JSON.stringify` writes it.
    ///
    /// Numbers that JSON does not have (NaN, infinity) are `null`. Integers keep all their digits, also beyond 2^53 where
    /// JavaScript would round them. Binary content takes the form that Node.js gives a `Buffer`:
    /// `{"type":"Buffer","data":[1,2]}`.
    /// - Parameter buffer: where the text goes.
    public func writeJSON(to buffer: inout ByteBuffer) {
        var writer = TextWriter()
        var attachments: [ByteBuffer]?
        writer.append(self, to: &buffer, attachments: &attachments)
        writer.flush(to: &buffer)
    }

    /// Appends the value as compact JSON; binary content is moved out and leaves placeholders.
    /// - Parameters:
    ///   - buffer: where the text goes.
    ///   - attachments: where binary content goes. A placeholder's number is the place in this list, so it may already
    ///     hold the attachments of values written before.
    public func writeJSON(to buffer: inout ByteBuffer, attachments: inout [ByteBuffer]) {
        var writer = TextWriter()
        var collected: [ByteBuffer]? = attachments
        writer.append(self, to: &buffer, attachments: &collected)
        writer.flush(to: &buffer)
        attachments = collected ?? []
    }
}
