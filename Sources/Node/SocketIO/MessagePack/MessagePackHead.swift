/// What a MessagePack value begins with: all of a scalar, or what the bytes behind it are.
package enum MessagePackHead {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    /// That many bytes of text follow.
    case string(Int)
    /// That many bytes follow.
    case binary(Int)
    /// That many values follow.
    case array(Int)
    /// That many keys, each with its value, follow.
    case map(Int)
    /// The type, and that many bytes, follow; whether the length was part of the format byte.
    case other(Int, isFixed: Bool)
}
