/// Why a text is not the JSON that it should be (RFC 8259; as strict as JavaScript's `JSON.parse`).
public struct JSONError: Error, Sendable, Equatable {
    /// What is wrong.
    public enum Reason: Sendable, Equatable {
        /// The text ends inside a value.
        case unexpectedEnd
        /// A byte that cannot stand where it stands: wrong punctuation, a bad literal, anything after the value.
        case unexpectedByte
        /// A string with a raw control character or a bad escape sequence.
        case invalidString
        /// A number that JSON does not allow, such as `01`, `1.` or `+1`.
        case invalidNumber
        /// Arrays and objects nested deeper than the limit.
        case tooDeep
        /// Placeholders of attachments that do not match the attachments one to one.
        case illegalAttachments
    }

    /// What is wrong.
    public var reason: Reason
    /// Where, in bytes from the beginning of the text.
    public var offset: Int

    /// Creates an error.
    /// - Parameters:
    ///   - reason: what is wrong.
    ///   - offset: where, in bytes from the beginning of the text.
    public init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }
}
