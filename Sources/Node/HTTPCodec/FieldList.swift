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

    mutating func append(_ field: HeaderFields.Field) {
        if endIndex < Self.placeCount { first[endIndex] = field } else { more.append(field) }
        endIndex += 1
    }
}
