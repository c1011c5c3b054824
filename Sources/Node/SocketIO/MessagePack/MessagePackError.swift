/// Why bytes are not the MessagePack that they should be.
public enum MessagePackError: Error, Sendable, Equatable {
    /// The bytes end inside a value, or a length says more than there is.
    case unexpectedEnd
    /// Bytes follow the value.
    case trailingBytes
    /// Byte `c1`, which the format never uses.
    case unknownFormat
    /// A map key that is neither a string nor an integer.
    case invalidKey
    /// An extension type other than those that Node.js peers send.
    case unsupportedExtension(Int8)
    /// Arrays and maps nested deeper than the limit.
    case tooDeep
}
