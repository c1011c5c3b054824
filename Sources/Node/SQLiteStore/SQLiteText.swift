import FoundationEssentials
import GRDB

/// A text of any characters on its way into SQLite, and out of it.
///
/// GRDB hands texts over as C strings, which end at U+0000: `ana\0x` would be looked for as `ana`. So they travel as bytes:
/// `CAST(? AS TEXT)` in statements that have one as an argument, `CAST(column AS BLOB)` where one is read.
struct SQLiteText: DatabaseValueConvertible, Sendable {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    var databaseValue: DatabaseValue { Data(text.utf8).databaseValue }

    static func fromDatabaseValue(_ value: DatabaseValue) -> SQLiteText? {
        Data.fromDatabaseValue(value).map { SQLiteText(String(decoding: $0, as: UTF8.self)) }
    }
}

extension Row {
    /// The text of a column that was read as bytes; empty where it is NULL.
    func text(_ column: String) -> String { optionalText(column) ?? "" }

    /// The text of a column that was read as bytes, if it has one.
    func optionalText(_ column: String) -> String? { (self[column] as SQLiteText?)?.text }
}
