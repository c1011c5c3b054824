package import NIOCore

/// The header fields of a message where they stand in its head. A field becomes a string when somebody asks for it.
///
/// Names are looked up as they are written in this code, in lower case; a message may write them as it likes.
package struct HeaderFields: Sendable {
    /// Where a field stands, counted from the beginning of the head.
    struct Field: Sendable {
        var nameStart: UInt32 = 0
        var nameEnd: UInt32 = 0
        var valueStart: UInt32 = 0
        var valueEnd: UInt32 = 0

        var name: Range<Int> { Int(nameStart)..<Int(nameEnd) }
        var value: Range<Int> { Int(valueStart)..<Int(valueEnd) }
    }

    /// The head that they stand in.
    private let message: RequestHead

    init(of message: RequestHead) {
        self.message = message
    }

    /// The bytes of the whole head.
    package var head: ByteBuffer { message.bytes }

    /// How many fields there are.
    package var count: Int { message.places.count }

    /// The first field of a name.
    private func field(_ name: StaticString, in bytes: UnsafeRawBufferPointer) -> Field? {
        message.places.first(name, in: bytes)
    }

    /// The first value of a field.
    /// - Parameter name: its name.
    /// - Returns: the value, or `nil` if the field did not come.
    package func first(_ name: StaticString) -> String? {
        head.withUnsafeReadableBytes { bytes in
            field(name, in: bytes).map { bytes.text(in: $0.value) }
        }
    }

    /// All values of a field, in order of arrival.
    /// - Parameter name: its name.
    /// - Returns: the values as they came, one for each line.
    package func all(_ name: StaticString) -> [String] {
        head.withUnsafeReadableBytes { bytes in
            var values: [String] = []
            message.places.forEach { if bytes.matches(name, in: $0.name) { values.append(bytes.text(in: $0.value)) } }
            return values
        }
    }

    /// The members of a list field (RFC 9110, section 5.6.1), of all its lines.
    /// - Parameter name: its name.
    /// - Returns: the members in order, without the blanks around them; empty ones too.
    package func list(_ name: StaticString) -> [String] {
        head.withUnsafeReadableBytes { bytes in
            message.places.filter { bytes.matches(name, in: $0.name) }
                .flatMap { bytes.members(in: $0.value).map { bytes.text(in: $0) } }
        }
    }

    /// Whether a list field has a member.
    /// - Parameters:
    ///   - name: the field's name.
    ///   - member: the member in lower case; the message may write it as it likes.
    /// - Returns: `true` if one of the field's lines has it.
    package func lists(_ name: StaticString, _ member: StaticString) -> Bool {
        head.withUnsafeReadableBytes { bytes in
            message.places.firstIndex { field in
                bytes.matches(name, in: field.name) && bytes.hasMember(member, in: field.value)
            } != nil
        }
    }

    /// Whether the first value of a field is exactly a text.
    /// - Parameters:
    ///   - name: the field's name.
    ///   - value: the text.
    /// - Returns: `false` also if the field did not come.
    package func first(_ name: StaticString, is value: StaticString) -> Bool {
        message.bytes.withUnsafeReadableBytes { bytes in
            guard let field = field(name, in: bytes) else { return false }
            return bytes.holds(value, in: field.value)
        }
    }

    /// All fields as strings, in order of arrival.
    package var strings: [(name: String, value: String)] {
        head.withUnsafeReadableBytes { bytes in
            message.places.map { (bytes.text(in: $0.name), bytes.text(in: $0.value)) }
        }
    }

    /// A text and all fields, in order of arrival, with line feeds between them, which no field has.
    /// - Parameter first: the text.
    /// - Returns: the text, then of each field its name in lower case and its value, in memory of exactly the size.
    package func lines(after first: String) -> String {
        let length = message.places.reduce(first.utf8.count) { $0 + $1.name.count + $1.value.count + 2 }
        return head.withUnsafeReadableBytes { bytes in
            String(unsafeUninitializedCapacity: length) { text in
                var end = text.initialize(fromContentsOf: first.utf8)
                func append(_ byte: UInt8) {
                    text.initializeElement(at: end, to: byte)
                    end += 1
                }
                message.places.forEach { field in
                    append(UInt8(ascii: "\n"))
                    for byte in bytes[field.name] { append(byte.inLowerCase) }
                    append(UInt8(ascii: "\n"))
                    end = text[end...].initialize(fromContentsOf: bytes[field.value])
                }
                return end
            }
        }
    }

    /// Calls a function with the bytes of each field's name and value, in order of arrival.
    /// - Parameter body: the function; the bytes are valid during the call only.
    package func forEach(_ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Void) {
        head.withUnsafeReadableBytes { bytes in
            for field in message.places {
                body(
                    UnsafeRawBufferPointer(rebasing: bytes[field.name]),
                    UnsafeRawBufferPointer(rebasing: bytes[field.value]))
            }
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Whether a range holds a text, whatever the case of its letters.
    /// - Parameters:
    ///   - text: letters in lower case, digits and hyphens.
    ///   - range: bytes of a token.
    /// - Returns: whether they are the same.
    func matches(_ text: StaticString, in range: Range<Int>) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        // Two bytes of a token that differ in this bit only are the cases of one letter.
        return text.withUTF8Buffer { isSame(UnsafeRawBufferPointer($0), from: range.lowerBound, setting: 0x20) }
    }

    /// Whether a range holds exactly a text.
    func holds(_ text: StaticString, in range: Range<Int>) -> Bool {
        text.withUTF8Buffer { holds(UnsafeRawBufferPointer($0), in: range) }
    }

    /// Whether a range holds exactly these bytes.
    func holds(_ text: UnsafeRawBufferPointer, in range: Range<Int>) -> Bool {
        range.count == text.count && isSame(text, from: range.lowerBound, setting: 0)
    }

    /// Whether a text stands somewhere, once some bits of each byte there are set. Eight at a time, the last of which may have
    /// been compared before.
    private func isSame(_ text: UnsafeRawBufferPointer, from start: Int, setting bits: UInt8) -> Bool {
        guard text.count >= 8 else {
            for index in 0..<text.count where self[start + index] | bits != text[index] { return false }
            return true
        }
        let bits = UInt64(bits) &* 0x0101_0101_0101_0101
        var index = 0
        repeat {
            let offset = Swift.min(index, text.count - 8)
            let word = loadUnaligned(fromByteOffset: start + offset, as: UInt64.self)
            guard word | bits == text.loadUnaligned(fromByteOffset: offset, as: UInt64.self) else { return false }
            index += 8
        } while index < text.count
        return true
    }

    /// The members of a list, without the blanks around them.
    func members(in range: Range<Int>) -> [Range<Int>] {
        var members: [Range<Int>] = []
        var start = range.lowerBound
        while start <= range.upperBound {
            let comma = self[start..<range.upperBound].firstIndex(of: UInt8(ascii: ",")) ?? range.upperBound
            members.append(trimmed(start..<comma))
            start = comma + 1
        }
        return members
    }

    /// A range without the blanks at its ends.
    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, self[start] == 0x20 || self[start] == 0x09 { start += 1 }
        while end > start, self[end - 1] == 0x20 || self[end - 1] == 0x09 { end -= 1 }
        return start..<end
    }

    /// Whether a list has a member.
    func hasMember(_ text: StaticString, in range: Range<Int>) -> Bool {
        // Nearly every list has one member.
        matches(text, in: range) || members(in: range).contains { matches(text, in: $0) }
    }

    /// The text of a range.
    func text(in range: Range<Int>) -> String {
        String(decoding: self[range], as: UTF8.self)
    }
}

extension UInt8 {
    /// The small letter if this is a capital one of ASCII, else the same.
    fileprivate var inLowerCase: UInt8 { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self }
}
