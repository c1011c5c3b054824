/// Where the fields of a head stand, in order. Those of nearly every request are in place, so that a head is one object and
/// no list beside it.
struct FieldList: RandomAccessCollection, Sendable {
    private static let placeCount = 12

    private var first = InlineArray<12, HeaderFields.Field>(repeating: HeaderFields.Field())
    private var more: [HeaderFields.Field] = []
    private(set) var endIndex = 0
    /// A bit for each name that there is, which it shares with others: whose bit is not set is not there.
    private var names: UInt64 = 0

    var startIndex: Int { 0 }

    subscript(position: Int) -> HeaderFields.Field {
        position < Self.placeCount ? first.span[position] : more[position - Self.placeCount]
    }

    /// Calls a function with each place, in order; by index, since an iterator is made of a copy of the list.
    func forEach(_ body: (HeaderFields.Field) -> Void) {
        for position in indices { body(self[position]) }
    }

    /// Appends a place.
    /// - Parameters:
    ///   - field: the place.
    ///   - initial: the first byte of the name that stands there.
    mutating func append(_ field: HeaderFields.Field, initial: UInt8) {
        names |= Self.bit(initial, length: field.name.count)
        if endIndex < Self.placeCount { first[endIndex] = field } else { more.append(field) }
        endIndex += 1
    }

    /// The first field of a name.
    /// - Parameters:
    ///   - name: the name, in lower case.
    ///   - bytes: the head that the fields stand in.
    /// - Returns: `nil` if there is none.
    func first(_ name: StaticString, in bytes: UnsafeRawBufferPointer) -> HeaderFields.Field? {
        let length = name.utf8CodeUnitCount
        guard length > 0, names & Self.bit(name.utf8Start.pointee, length: length) != 0 else { return nil }
        for position in indices {
            let field = self[position]
            if bytes.matches(name, in: field.name) { return field }
        }
        return nil
    }

    private static func bit(_ initial: UInt8, length: Int) -> UInt64 {
        1 << ((UInt64(truncatingIfNeeded: length) &* 5 &+ UInt64(initial | 0x20)) & 63)
    }
}
