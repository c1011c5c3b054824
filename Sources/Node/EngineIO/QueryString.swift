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
        bytes.withUnsafeReadableBytes { bytes in
            Self.forEach(in: bytes) { items.append((Self.decode($0.name, $0), Self.decode($0.value, $0))) }
        }
        return items
    }

    /// The last value of a name.
    /// - Parameter name: the name, in plain ASCII.
    package subscript(name: StaticString) -> String? {
        var found: String?
        bytes.withUnsafeReadableBytes { bytes in
            Self.forEach(in: bytes) { if $0.isNamed(name) { found = Self.decode($0.value, $0) } }
        }
        return found
    }

    /// What the protocol asks of a query; where a name comes twice the last one counts.
    package struct ProtocolItems: Sendable {
        /// `transport`; `nil` also if it is none that we know.
        var transport: Transport?
        /// `sid`; empty also if there is none.
        var sessionID = SessionID()
        /// Whether `EIO` is 4.
        var isVersion4 = false

        /// The items of an empty query.
        package init() {}

        /// Reads a query. Every request is asked, so this is one pass, without an object.
        /// - Parameter query: the bytes behind the question mark.
        package init(_ query: UnsafeRawBufferPointer) {
            QueryString.forEach(in: query) { item in
                if item.isNamed("sid") {
                    sessionID = item.sessionID
                } else if item.isNamed("transport") {
                    transport = item.hasValue("polling") ? .polling : item.hasValue("websocket") ? .websocket : nil
                } else if item.isNamed("EIO") {
                    isVersion4 = item.hasValue("4")
                }
            }
        }
    }

    private struct Item {
        let name: UnsafeRawBufferPointer
        let value: UnsafeRawBufferPointer
        /// Whether there is something to decode.
        let isEscaped: Bool

        @inline(__always)
        func isNamed(_ text: StaticString) -> Bool { isSame(name, text) }

        @inline(__always)
        func hasValue(_ text: StaticString) -> Bool { isSame(value, text) }

        /// The value as the id of a session.
        var sessionID: SessionID {
            isEscaped
                ? QueryString.percentDecoded(value).withUnsafeBytes { SessionID($0) } : SessionID(value)
        }

        @inline(__always)
        private func isSame(_ part: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
            text.withUTF8Buffer { text in
                guard !isEscaped else { return QueryString.percentDecoded(part).elementsEqual(text) }
                guard part.count == text.count else { return false }
                for index in 0..<text.count where part[index] != text[index] { return false }
                return true
            }
        }
    }

    /// Calls a function with each item that is not empty, in one pass over the bytes.
    @inline(__always)
    private static func forEach(in bytes: UnsafeRawBufferPointer, _ body: (Item) -> Void) {
        var start = 0
        var equals: Int?
        var isEscaped = false
        var end = 0
        while true {
            end = endOfRun(in: bytes, from: end)
            let byte = end < bytes.count ? bytes[end] : UInt8(ascii: "#")
            switch byte {
            case UInt8(ascii: "&"), UInt8(ascii: "#"):
                if end > start {
                    let name = UnsafeRawBufferPointer(rebasing: bytes[start..<(equals ?? end)])
                    let value = UnsafeRawBufferPointer(rebasing: bytes[(equals.map { $0 + 1 } ?? end)..<end])
                    body(Item(name: name, value: value, isEscaped: isEscaped))
                }
                if byte == UInt8(ascii: "#") { return }
                (start, equals, isEscaped) = (end + 1, nil, false)
            case UInt8(ascii: "="): equals = equals ?? end
            default: isEscaped = true
            }
            end += 1
        }
    }

    /// Where the next of `#%&+=` stands, or the end. Eight at a time.
    @inline(__always)
    private static func endOfRun(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var index = start
        while index + 8 <= bytes.count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let (marks, equals) = (word ^ (ones &* 0x20), word ^ (ones &* 0x3D))
            // The high bit of each byte from 20 to 2B, or that is an equals sign; exact up to the first of them.
            let stops = ((marks &- (ones &* 0x0C)) & ~marks | (equals &- ones) & ~equals) & (ones &* 0x80)
            guard stops == 0 else {
                index += stops.trailingZeroBitCount / 8
                break
            }
            index += 8
        }
        while index < bytes.count, !isSpecial(bytes[index]) { index += 1 }
        return index
    }

    /// Whether a byte is one of `#%&+=`.
    private static func isSpecial(_ byte: UInt8) -> Bool {
        byte < 0x40 && 0x2000_0868_0000_0000 as UInt64 >> UInt64(byte) & 1 == 1
    }

    private static func decode(_ text: UnsafeRawBufferPointer, _ item: Item) -> String {
        item.isEscaped
            ? String(decoding: percentDecoded(text), as: UTF8.self) : String(decoding: text, as: UTF8.self)
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
