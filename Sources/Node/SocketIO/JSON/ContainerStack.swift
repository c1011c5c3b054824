/// Remembers for each level of nesting whether it is an object or an array, one bit each, without allocating.
struct ContainerStack {
    /// The deepest nesting that can be followed.
    static let capacity = 512

    private(set) var depth = 0
    private var bits: InlineArray<8, UInt64> = .init(repeating: 0)

    /// Whether the innermost open container is an object. There must be one.
    var topIsObject: Bool {
        let top = depth - 1
        return bits[top >> 6] & (1 << UInt64(top & 63)) != 0
    }

    /// Opens a container. The depth must be below ``capacity``.
    mutating func push(isObject: Bool) {
        let bit: UInt64 = 1 << UInt64(depth & 63)
        if isObject { bits[depth >> 6] |= bit } else { bits[depth >> 6] &= ~bit }
        depth += 1
    }

    /// Closes the innermost container. There must be one.
    mutating func pop() { depth -= 1 }
}
