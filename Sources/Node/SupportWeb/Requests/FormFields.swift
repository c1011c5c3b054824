/// The fields of a form, a query string or a JSON object, in order of arrival. Names may repeat.
struct FormFields: Sendable, Equatable {
    /// What a field holds.
    enum Value: Sendable, Equatable {
        case text(String)
        /// A number of a JSON object, as text.
        case number(String)
        /// Anything else of a JSON object, and the name of a file.
        case other
    }

    /// Most fields that are read; further ones are ignored.
    static let countLimit = 100

    private(set) var items: [(name: String, value: Value)] = []

    /// Whether a field came.
    func has(_ name: String) -> Bool {
        items.contains { $0.name == name }
    }

    /// The text of a field that came once.
    /// - Returns: `nil` if it is missing, repeated, or no text.
    func text(_ name: String) -> String? {
        if case .text(let text) = single(name) { text } else { nil }
    }

    /// The text or number of a field that came once.
    func textOrNumber(_ name: String) -> String? {
        if case .number(let number) = single(name) { number } else { text(name) }
    }

    mutating func append(_ name: String, _ value: Value) {
        if items.count < Self.countLimit { items.append((name, value)) }
    }

    private func single(_ name: String) -> Value? {
        let found = items.filter { $0.name == name }
        return found.count == 1 ? found.first?.value : nil
    }

    static func == (left: FormFields, right: FormFields) -> Bool {
        left.items.elementsEqual(right.items) { $0.name == $1.name && $0.value == $1.value }
    }
}

// MARK: - application/x-www-form-urlencoded

extension FormFields {
    /// Reads the form `a=1&b=2` as browsers and query strings write it (URL standard, "urlencoded parsing"): `+` is a
    /// blank, a percent sign that begins no escape is one, bytes that are no UTF-8 become U+FFFD.
    init(urlEncoded bytes: [UInt8]) {
        for pair in bytes.split(separator: UInt8(ascii: "&"), maxSplits: Self.countLimit).prefix(Self.countLimit) {
            let equals = pair.firstIndex(of: UInt8(ascii: "="))
            let value = equals.map { pair[pair.index(after: $0)...] }
            append(Self.decoded(pair[..<(equals ?? pair.endIndex)]), .text(value.map(Self.decoded) ?? ""))
        }
    }

    private static func decoded(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: percentDecoded(bytes.map { $0 == UInt8(ascii: "+") ? 0x20 : $0 }), as: UTF8.self)
    }

    /// Decodes `%41` and the like.
    static func percentDecoded(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.contains(UInt8(ascii: "%")) else { return bytes }
        var result: [UInt8] = []
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let escaped = escape(rest.prefix(2)) {
                result.append(escaped)
                rest = rest.dropFirst(2)
            } else {
                result.append(byte)
            }
        }
        return result
    }

    private static func escape(_ digits: ArraySlice<UInt8>) -> UInt8? {
        guard digits.count == 2, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
        return UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
