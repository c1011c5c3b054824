/// How large the head of a message may be. What is larger is refused with ``MalformedMessage/tooLarge``.
package struct HeadLimits: Sendable, Equatable {
    /// Most bytes of the first line.
    package var lineBytes: Int
    /// Most bytes of all field lines together, their ends included; also of all trailer lines.
    package var fieldBytes: Int
    /// Most fields.
    package var fieldCount: Int

    /// Limits from their parts.
    /// - Parameters:
    ///   - lineBytes: most bytes of the first line.
    ///   - fieldBytes: most bytes of all field lines together.
    ///   - fieldCount: most fields.
    package init(lineBytes: Int, fieldBytes: Int, fieldCount: Int) {
        self.lineBytes = lineBytes
        self.fieldBytes = fieldBytes
        self.fieldCount = fieldCount
    }
}

/// Why what was received is no message. Nothing behind it can be read, so the connection ends.
package enum MalformedMessage: Error, Equatable, Sendable {
    /// It breaks the grammar, or could be read in two ways.
    case syntax
    /// Its head is over the ``HeadLimits``.
    case tooLarge
}
