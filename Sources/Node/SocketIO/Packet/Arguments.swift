public import NIOCore

/// The arguments of an event or an acknowledgement.
///
/// Arguments that came from a client stay as they came: JSON text with placeholders, and attachments. Forwarding them
/// (echo, broadcast, acknowledgement) copies bytes and decodes nothing; ``values`` and the subscript decode on demand.
///
/// ```swift
/// let arguments: Arguments = [1, "two", ["three": true]]
/// let second = arguments[1]?.string  // "two"
/// let absent = arguments[3]  // nil
/// ```
public struct Arguments: Sendable {
    /// The arguments as JSON, separated by commas, without brackets; binary content as
    /// `{"_placeholder":true,"num":n}`. Syntactically valid: the parser, or the encoder, has made sure of it.
    public let json: ByteBuffer
    /// How many arguments there are.
    public let count: Int
    /// Binary content by placeholder number.
    public let attachments: [ByteBuffer]

    /// Arguments whose JSON was already checked.
    /// - Parameters:
    ///   - json: see ``json``.
    ///   - count: number of arguments in `json`.
    ///   - attachments: one buffer for each placeholder, by number.
    package init(uncheckedJSON json: ByteBuffer, count: Int, attachments: [ByteBuffer]) {
        self.json = json
        self.count = count
        self.attachments = attachments
    }

    /// Encodes values.
    /// - Parameter values: the arguments in order.
    public init(_ values: [Value]) {
        var json = ByteBuffer()
        var attachments: [ByteBuffer]? = []
        var writer = TextWriter()
        for (index, value) in values.enumerated() {
            if index > 0 { writer.append(.comma, to: &json) }
            writer.append(value, to: &json, attachments: &attachments)
        }
        writer.flush(to: &json)
        self.init(uncheckedJSON: json, count: values.count, attachments: attachments ?? [])
    }

    /// Encodes values.
    /// - Parameter values: the arguments in order.
    public init(_ values: Value...) { self.init(values) }

    /// Whether there are none.
    public var isEmpty: Bool { count == 0 }

    /// All arguments, decoded.
    public var values: [Value] {
        var reader = JSONReader(attachments: attachments, depthLimit: ContainerStack.capacity)
        // The JSON was checked when the arguments were made.
        return (try? reader.readList(json.readableBytesSpan, count: count)) ?? []
    }

    /// One argument, decoded; `nil` if there are not so many.
    /// - Parameter index: its place, from 0.
    public subscript(_ index: Int) -> Value? {
        guard let json = json(at: index) else { return nil }
        var reader = JSONReader(attachments: attachments, depthLimit: ContainerStack.capacity)
        return try? reader.readText(json.readableBytesSpan)
    }

    /// One argument as JSON text, with placeholders where it has binary content.
    /// - Parameter index: its place, from 0.
    /// - Returns: the text, which shares its bytes with ``json``; `nil` if there are not so many arguments.
    public func json(at index: Int) -> ByteBuffer? {
        guard index >= 0, index < count, let start = offset(ofArgument: index) else { return nil }
        var scanner = JSONScanner(at: start, depthLimit: ContainerStack.capacity)
        guard (try? scanner.skipValue(json.readableBytesSpan)) != nil else { return nil }
        return json.slice(start..<scanner.position)
    }

    /// How long one argument is, to be checked before it is decoded. Binary content counts as its placeholder.
    /// - Parameter index: its place, from 0.
    /// - Returns: bytes of JSON text; `nil` if there are not so many arguments.
    public func size(at index: Int) -> Int? { json(at: index)?.readableBytes }

    /// Where an argument begins, counted from the first readable byte. The index must be below ``count``.
    func offset(ofArgument index: Int) -> Int? {
        let bytes = json.readableBytesSpan
        var scanner = JSONScanner(depthLimit: ContainerStack.capacity)
        do {
            for _ in 0..<index {
                try scanner.skipValue(bytes)
                try scanner.expect(.comma, bytes)
            }
            _ = try scanner.peek(bytes)
            return scanner.position
        } catch {
            return nil
        }
    }
}

extension Arguments: ExpressibleByArrayLiteral {
    /// Encodes values.
    /// - Parameter elements: the arguments in order.
    public init(arrayLiteral elements: Value...) { self.init(elements) }
}

extension Arguments: Equatable {
    /// Whether both have equal values, however their JSON is written. Decodes unless the bytes are the same.
    public static func == (lhs: Arguments, rhs: Arguments) -> Bool {
        guard lhs.count == rhs.count else { return false }
        if lhs.json == rhs.json, lhs.attachments == rhs.attachments { return true }
        return lhs.values == rhs.values
    }
}

extension ByteBuffer {
    /// A part of the readable bytes, given by offsets from the first of them; it must be inside.
    func slice(_ range: Range<Int>) -> ByteBuffer {
        getSlice(at: readerIndex + range.lowerBound, length: range.count) ?? ByteBuffer()
    }

    /// The readable bytes in memory of their own.
    var compacted: ByteBuffer { ByteBuffer(buffer: self) }
}
