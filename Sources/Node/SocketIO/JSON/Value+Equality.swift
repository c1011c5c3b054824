extension Value {
    /// Whether two values are the same for JavaScript: `.int(1)` equals `.double(1)`, as one has no way to tell them
    /// apart on the wire. Numbers are compared exactly, NaN equals itself (values can be set elements), and objects are
    /// equal when they have the same members in the same order.
    public static func == (lhs: Value, rhs: Value) -> Bool {
        switch (lhs, rhs) {
        case (.null, .null): true
        case (.bool(let lhs), .bool(let rhs)): lhs == rhs
        case (.int(let lhs), .int(let rhs)): lhs == rhs
        case (.double(let lhs), .double(let rhs)): lhs == rhs || (lhs.isNaN && rhs.isNaN)
        case (.int(let integer), .double(let number)), (.double(let number), .int(let integer)):
            Int64(exactly: number) == integer
        case (.string(let lhs), .string(let rhs)): lhs == rhs
        case (.array(let lhs), .array(let rhs)): lhs == rhs
        case (.object(let lhs), .object(let rhs)): lhs == rhs
        case (.binary(let lhs), .binary(let rhs)): lhs == rhs
        default: false
        }
    }

    /// Feeds the value to a hasher; equal values feed the same.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let value): hasher.combine(value)
        case .int(let value): hasher.combine(value)
        case .double(let value):
            if let integer = Int64(exactly: value) {
                hasher.combine(integer)
            } else {
                hasher.combine(value.isNaN ? Double.nan.bitPattern : value.bitPattern)
            }
        case .string(let value): hasher.combine(value)
        case .array(let value): hasher.combine(value)
        case .object(let value): hasher.combine(value)
        case .binary(let value): hasher.combine(value)
        }
    }
}
