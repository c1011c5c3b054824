import NIOCore

/// A type that is one value as it stands, without containers.
protocol ValueScalar {
    /// Takes it out of a value.
    init(scalar value: Value) throws(ScalarError)
    /// Makes a value of it.
    func scalar() throws(ScalarError) -> Value
}

/// A value is not what is wanted, or does not fit. Told in the words of JSON; never contains the value.
struct ScalarError: Error {
    let description: String

    init(_ description: String) { self.description = description }

    /// Another kind of value was needed.
    init(expected: String, found: Value) { description = "expected \(expected), found \(found.kind)" }
}

extension Value {
    /// What kind of value this is, with an article.
    var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .int, .double: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        case .binary: "binary content"
        }
    }
}

extension Value: ValueScalar {
    init(scalar value: Value) { self = value }
    func scalar() -> Value { self }
}

extension Bool: ValueScalar {
    init(scalar value: Value) throws(ScalarError) {
        guard case .bool(let value) = value else { throw ScalarError(expected: "a boolean", found: value) }
        self = value
    }

    func scalar() -> Value { .bool(self) }
}

extension String: ValueScalar {
    init(scalar value: Value) throws(ScalarError) {
        guard case .string(let value) = value else { throw ScalarError(expected: "a string", found: value) }
        self = value
    }

    func scalar() -> Value { .string(self) }
}

extension Double: ValueScalar {
    init(scalar value: Value) throws(ScalarError) {
        guard let number = value.double else { throw ScalarError(expected: "a number", found: value) }
        self = number
    }

    func scalar() -> Value { .double(self) }
}

extension Float: ValueScalar {
    init(scalar value: Value) throws(ScalarError) { self = Float(try Double(scalar: value)) }
    func scalar() -> Value { .double(Double(self)) }
}

extension ByteBuffer: ValueScalar {
    init(scalar value: Value) throws(ScalarError) {
        guard case .binary(let bytes) = value else { throw ScalarError(expected: "binary content", found: value) }
        self = bytes
    }

    func scalar() -> Value { .binary(self) }
}

extension Array: ValueScalar where Element == UInt8 {
    /// Binary content; also an array of numbers, which is how other clients send bytes as JSON.
    init(scalar value: Value) throws(ScalarError) {
        switch value {
        case .binary(let bytes):
            self = Array(bytes.readableBytesView)
        case .array(let elements):
            self = []
            reserveCapacity(elements.count)
            for element in elements { append(try UInt8(scalar: element)) }
        default:
            throw ScalarError(expected: "binary content", found: value)
        }
    }

    func scalar() -> Value { .binary(ByteBuffer(bytes: self)) }
}

// MARK: - Integers

extension ValueScalar where Self: FixedWidthInteger {
    /// Exact: a number with a fraction, or one out of range, is refused.
    init(scalar value: Value) throws(ScalarError) {
        let exact: Self? =
            switch value {
            case .int(let number): Self(exactly: number)
            case .double(let number): Self(exactly: number)
            default: throw ScalarError(expected: "a number", found: value)
            }
        guard let exact else {
            throw ScalarError("expected a whole number from \(Self.min) to \(Self.max), found another number")
        }
        self = exact
    }

    /// Exact: what 64 bits with sign do not hold is sent as a floating-point number, if that can be done exactly.
    func scalar() throws(ScalarError) -> Value {
        if let number = Int64(exactly: self) { return .int(number) }
        if let number = Double(exactly: self) { return .double(number) }
        throw ScalarError("the number can be sent neither as 64 bits with sign nor exactly as floating-point")
    }
}

extension Int: ValueScalar {}
extension Int8: ValueScalar {}
extension Int16: ValueScalar {}
extension Int32: ValueScalar {}
extension Int64: ValueScalar {}
extension UInt: ValueScalar {}
extension UInt8: ValueScalar {}
extension UInt16: ValueScalar {}
extension UInt32: ValueScalar {}
extension UInt64: ValueScalar {}
