/// The decoded query of a request target. Source: the URL standard, `application/x-www-form-urlencoded` parsing.
package struct QueryString: Sendable {
    /// Names and values in order of arrival.
    package private(set) var items: [(name: String, value: String)] = []

    /// Decodes the query of a request target.
    /// - Parameter target: path and query, for example `/socket.io/?EIO=4&transport=polling`.
    package init(target: String) {
        // By bytes, as everybody else reads it: a combining mark behind a character makes another one of it.
        guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return }
        let query = target.utf8[mark...].dropFirst().prefix { $0 != UInt8(ascii: "#") }
        for item in query.split(separator: UInt8(ascii: "&")) {
            let equals = item.firstIndex(of: UInt8(ascii: "=")) ?? item.endIndex
            items.append((Self.decode(item[..<equals]), Self.decode(item[equals...].dropFirst())))
        }
    }

    /// The last value of a name.
    package subscript(name: String) -> String? {
        items.last { $0.name == name }?.value
    }

    private static func decode(_ text: Substring.UTF8View) -> String {
        guard text.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else {
            return String(Substring(text))
        }
        return String(decoding: percentDecoded(text), as: UTF8.self)
    }

    /// Decodes the name or the value of an item, or of a form's field.
    static func percentDecoded<Text: Collection<UInt8>>(_ text: Text) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var rest = text[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                // A stray percent sign stands for itself.
                guard let value = hexByte(rest.prefix(2)) else {
                    bytes.append(byte)
                    continue
                }
                bytes.append(value)
                rest = rest.dropFirst(2)
            default: bytes.append(byte)
            }
        }
        return bytes
    }

    private static func hexByte(_ digits: some Collection<UInt8>) -> UInt8? {
        guard digits.count == 2, digits.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "f") ~= $0 }) else { return nil }
        return UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
