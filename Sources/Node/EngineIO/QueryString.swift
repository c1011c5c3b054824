package import NIOCore

/// The query of a request target; what is asked for is decoded. Source: the URL standard,
/// `application/x-www-form-urlencoded` parsing.
package struct QueryString: Sendable {
    /// The query as it came.
    private let bytes: ByteBuffer

    /// A query as it came.
    /// - Parameter query: what stands behind the question mark; `nil` if there is none.
    package init(_ query: ByteBuffer?) {
        bytes = query ?? ByteBuffer()
    }

    /// The query of a request target.
    /// - Parameter target: path and query, for example `/socket.io/?EIO=4&transport=polling`.
    package init(target: String) {
        // By bytes, as everybody else reads it: a combining mark behind a character makes another one of it.
        let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex
        self.init(ByteBuffer(bytes: target.utf8[mark...].dropFirst()))
    }

    /// Names and values in order of arrival.
    package var items: [(name: String, value: String)] {
        var items: [(name: String, value: String)] = []
        forEach { items.append((Self.decode($0), Self.decode($1))) }
        return items
    }

    /// The last value of a name.
    /// - Parameter name: the name, in plain ASCII.
    package subscript(name: StaticString) -> String? {
        name.withUTF8Buffer { name in
            var found: String?
            forEach { item, value in
                if item.elementsEqual(name) || Self.isEscaped(item) && Self.percentDecoded(item).elementsEqual(name) {
                    found = Self.decode(value)
                }
            }
            return found
        }
    }

    private typealias Text = Slice<UnsafeRawBufferPointer>

    /// Calls a function with the name and the value of each item that is not empty.
    private func forEach(_ body: (Text, Text) -> Void) {
        bytes.withUnsafeReadableBytes { bytes in
            var rest = bytes.prefix { $0 != UInt8(ascii: "#") }
            while !rest.isEmpty {
                let item = rest.prefix { $0 != UInt8(ascii: "&") }
                rest = rest[item.endIndex...].dropFirst()
                guard !item.isEmpty else { continue }
                let equals = item.firstIndex(of: UInt8(ascii: "=")) ?? item.endIndex
                body(item[..<equals], item[equals...].dropFirst())
            }
        }
    }

    private static func isEscaped(_ text: Text) -> Bool {
        text.contains { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }
    }

    private static func decode(_ text: Text) -> String {
        isEscaped(text) ? String(decoding: percentDecoded(text), as: UTF8.self) : String(decoding: text, as: UTF8.self)
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
