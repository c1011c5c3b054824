/// Where the fields of a head stand, in order. Those of nearly every request are in place, so that a head is one object and
/// no list beside it.
struct FieldList: RandomAccessCollection, Sendable {
    private static let placeCount = 12

    private var first = InlineArray<12, HeaderFields.Field>(repeating: HeaderFields.Field())
    private var more: [HeaderFields.Field] = []
    private(set) var endIndex = 0

    var startIndex: Int { 0 }

    subscript(position: Int) -> HeaderFields.Field {
        position < Self.placeCount ? first.span[position] : more[position - Self.placeCount]
    }

    /// Calls a function with each place, in order; by index, since an iterator is made of a copy of the list.
    func forEach(_ body: (HeaderFields.Field) -> Void) {
        for position in indices { body(self[position]) }
    }

    mutating func append(_ field: HeaderFields.Field) {
        if endIndex < Self.placeCount { first[endIndex] = field } else { more.append(field) }
        endIndex += 1
    }
}
