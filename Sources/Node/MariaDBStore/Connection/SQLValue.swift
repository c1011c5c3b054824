/// A value on its way to the database, or from it.
enum SQLValue: Sendable, Equatable {
    case null
    case integer(Int64)
    case text(String)

    init(_ text: String?) {
        self = text.map(SQLValue.text) ?? .null
    }

    /// How a column is read.
    enum Kind {
        case integer
        case text
    }
}

/// A row of an answer.
struct SQLRow: Sendable, Equatable {
    let values: [SQLValue]

    /// The integer in a column; 0 where it is NULL.
    func integer(_ column: Int) -> Int64 {
        if values.indices.contains(column), case .integer(let value) = values[column] { value } else { 0 }
    }

    /// The text in a column, unless it is NULL.
    func optionalText(_ column: Int) -> String? {
        if values.indices.contains(column), case .text(let value) = values[column] { value } else { nil }
    }

    /// The text in a column; empty where it is NULL.
    func text(_ column: Int) -> String { optionalText(column) ?? "" }
}
