import CMariaDB

/// A statement that the server has parsed, with its arguments bound apart from its text. Belongs to one connection.
final class PreparedStatement {
    private let handle: UnsafeMutablePointer<MYSQL_STMT>

    init(_ sql: String, on connection: UnsafeMutablePointer<MYSQL>) throws(MariaDBError) {
        guard let handle = mysql_stmt_init(connection) else { throw .lost(UInt32(CR_OUT_OF_MEMORY), "out of memory") }
        self.handle = handle
        guard mysql_stmt_prepare(handle, sql, UInt(sql.utf8.count)) == 0 else { throw error }
    }

    deinit {
        mysql_stmt_close(handle)
    }

    private var error: MariaDBError {
        MariaDBError(number: mysql_stmt_errno(handle), String(cString: mysql_stmt_error(handle)))
    }

    /// How many rows were changed, or would have been if they had not been so already.
    var changedRows: Int { Int(clamping: mysql_stmt_affected_rows(handle)) }
    /// What `AUTO_INCREMENT` chose.
    var insertedID: Int64 { Int64(clamping: mysql_stmt_insert_id(handle)) }

    /// Carries it out; an answer has to be read before anything else is done with the connection.
    func execute(_ values: [SQLValue]) throws(MariaDBError) {
        guard Int(clamping: mysql_stmt_param_count(handle)) == values.count else {
            throw .refused(0, "\(values.count) arguments for \(mysql_stmt_param_count(handle))")
        }
        let cells = BoundCells(sending: values)
        if !values.isEmpty {
            guard mysql_stmt_bind_param(handle, cells.binds) == 0 else { throw error }
        }
        // The cells must live until here: the library reads them now.
        guard withExtendedLifetime(cells, { mysql_stmt_execute(handle) }) == 0 else { throw error }
    }

    /// Reads the answer to the end.
    func rows(_ kinds: [SQLValue.Kind]) throws(MariaDBError) -> [SQLRow] {
        defer { mysql_stmt_free_result(handle) }
        guard Int(clamping: mysql_stmt_field_count(handle)) == kinds.count else {
            throw .refused(0, "\(kinds.count) columns of \(mysql_stmt_field_count(handle))")
        }
        let cells = BoundCells(receiving: kinds)
        guard mysql_stmt_bind_result(handle, cells.binds) == 0 else { throw error }
        var rows: [SQLRow] = []
        while true {
            switch mysql_stmt_fetch(handle) {
            case 0, MYSQL_DATA_TRUNCATED:  // texts always are: there was no room for them yet
                var values: [SQLValue] = []
                for (column, kind) in kinds.enumerated() { values.append(try value(column, kind, cells)) }
                rows.append(SQLRow(values: values))
            case MYSQL_NO_DATA: return rows
            default: throw error
            }
        }
    }

    private func value(_ column: Int, _ kind: SQLValue.Kind, _ cells: BoundCells) throws(MariaDBError) -> SQLValue {
        if cells.isNull(column) { return .null }
        switch kind {
        case .integer: return .integer(cells.integer(column))
        case .text:
            let length = cells.length(column)
            var bytes = [UInt8](repeating: 0, count: length)
            let status = bytes.withUnsafeMutableBytes { room -> Int32 in
                var written: UInt = 0
                return withUnsafeMutablePointer(to: &written) { written in
                    var bind = MYSQL_BIND()
                    bind.buffer_type = MYSQL_TYPE_STRING
                    bind.buffer = room.baseAddress
                    bind.buffer_length = UInt(length)
                    bind.length = written
                    return length == 0 ? 0 : mysql_stmt_fetch_column(handle, &bind, UInt32(column), 0)
                }
            }
            guard status == 0 else { throw error }
            return .text(String(decoding: bytes, as: UTF8.self))
        }
    }
}
