import CMariaDB

/// The memory that a prepared statement's arguments are read from, or its rows are written to. It keeps its place as long as
/// it lives, as the library's bindings need.
final class BoundCells {
    /// One binding for each cell.
    let binds: UnsafeMutablePointer<MYSQL_BIND>
    private let lengths: UnsafeMutablePointer<UInt>
    private let nulls: UnsafeMutablePointer<my_bool>
    private let bytes: UnsafeMutableRawPointer
    private let count: Int
    private static let integerSize = MemoryLayout<Int64>.size

    private init(count: Int, bytes byteCount: Int) {
        self.count = count
        binds = .allocate(capacity: count)
        lengths = .allocate(capacity: count)
        nulls = .allocate(capacity: count)
        bytes = .allocate(byteCount: max(byteCount, 1), alignment: MemoryLayout<Int64>.alignment)
        binds.initialize(repeating: MYSQL_BIND(), count: count)
        lengths.initialize(repeating: 0, count: count)
        nulls.initialize(repeating: 0, count: count)
        for index in 0..<count {
            binds[index].length = lengths + index
            binds[index].is_null = nulls + index
        }
    }

    deinit {
        binds.deallocate()
        lengths.deallocate()
        nulls.deallocate()
        bytes.deallocate()
    }

    /// Cells with arguments. Integers come first, so that they are aligned.
    convenience init(sending values: [SQLValue]) {
        self.init(count: values.count, bytes: values.reduce(0) { $0 + Self.size(of: $1) })
        var offset = 0
        for (index, value) in values.enumerated() {
            guard case .integer(let number) = value else { continue }
            bytes.storeBytes(of: number, toByteOffset: offset, as: Int64.self)
            bind(index, to: MYSQL_TYPE_LONGLONG, at: offset, length: Self.integerSize)
            offset += Self.integerSize
        }
        for (index, value) in values.enumerated() {
            switch value {
            case .integer: break
            case .null: bind(index, to: MYSQL_TYPE_NULL, at: 0, length: 0)
            case .text(let text):
                var text = text
                let length = text.withUTF8 { source in
                    UnsafeMutableRawBufferPointer(start: bytes + offset, count: source.count).copyMemory(
                        from: UnsafeRawBufferPointer(source))
                    return source.count
                }
                bind(index, to: MYSQL_TYPE_STRING, at: offset, length: length)
                offset += length
            }
        }
    }

    /// Cells for rows: integers are put into them, of texts only the length.
    convenience init(receiving kinds: [SQLValue.Kind]) {
        self.init(count: kinds.count, bytes: kinds.count * Self.integerSize)
        for (index, kind) in kinds.enumerated() {
            switch kind {
            case .integer:
                bind(index, to: MYSQL_TYPE_LONGLONG, at: index * Self.integerSize, length: Self.integerSize)
            case .text: bind(index, to: MYSQL_TYPE_STRING, at: index * Self.integerSize, length: 0)
            }
        }
    }

    private func bind(_ index: Int, to type: enum_field_types, at offset: Int, length: Int) {
        binds[index].buffer_type = type
        binds[index].buffer = bytes + offset
        binds[index].buffer_length = UInt(length)
        lengths[index] = UInt(length)
    }

    private static func size(of value: SQLValue) -> Int {
        switch value {
        case .null: 0
        case .integer: integerSize
        case .text(let text): text.utf8.count
        }
    }

    /// Whether a cell was written to as NULL.
    func isNull(_ index: Int) -> Bool { nulls[index] != 0 }

    /// The bytes of the text that belongs into a cell.
    func length(_ index: Int) -> Int { Int(clamping: lengths[index]) }

    /// The integer in a cell that has been received.
    func integer(_ index: Int) -> Int64 { bytes.load(fromByteOffset: index * Self.integerSize, as: Int64.self) }
}
