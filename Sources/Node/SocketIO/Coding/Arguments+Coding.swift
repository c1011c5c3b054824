extension Arguments {
    /// Encodes what ``ValueEncoder`` can.
    ///
    /// ```swift
    /// let arguments = try Arguments(encoding: Say(room: "lobby", text: "Hello"), 2)
    /// ```
    /// - Parameter arguments: the arguments in order.
    /// - Throws: `EncodingError` if a number has no exact counterpart or one nests too deep.
    public init<each Argument: Encodable>(encoding arguments: repeat each Argument) throws {
        let encoder = ValueEncoder()
        var values: [Value] = []
        for argument in repeat each arguments { values.append(try encoder.encode(argument)) }
        self.init(values)
    }

    /// Decodes the first arguments, each to a type; further ones are ignored, as in JavaScript.
    ///
    /// ```swift
    /// let (say, stars) = try event.arguments.decode(Say.self, Int?.self)
    /// ```
    /// - Parameter types: what to make of each. An optional may be absent.
    /// - Returns: what was made.
    /// - Throws: ``InvalidArgument`` for the first that is not what is wanted; other errors of a type's own `init(from:)`.
    public func decode<each Argument: Decodable>(
        _ types: repeat (each Argument).Type
    ) throws -> (repeat each Argument) {
        var rest = values.makeIterator()
        var index = 0
        func next<T: Decodable>(_ type: T.Type) throws -> T {
            defer { index += 1 }
            return try Self.decode(type, from: rest.next(), at: index)
        }
        return (repeat try next((each Argument).self))
    }

    /// Decodes one argument.
    /// - Parameters:
    ///   - type: what to make of it. An optional may be absent.
    ///   - index: its place, from 0.
    /// - Returns: what was made.
    /// - Throws: ``InvalidArgument`` if it is not what is wanted; other errors of the type's own `init(from:)`.
    public func decode<T: Decodable>(_ type: T.Type = T.self, at index: Int) throws -> T {
        try Self.decode(type, from: self[index], at: index)
    }

    private static func decode<T: Decodable>(_ type: T.Type, from value: Value?, at index: Int) throws -> T {
        do {
            return try ValueDecoder(depthLimit: ContainerStack.capacity).decode(type, from: value ?? .null)
        } catch let error as DecodingError {
            guard value != nil else { throw InvalidArgument(missing: index) }
            throw InvalidArgument(index: index, error)
        }
    }
}
