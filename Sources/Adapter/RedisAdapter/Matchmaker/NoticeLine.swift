import SocketIO

/// The words of one line of a publication, as places in its bytes: most lines concern what is compared with a few words and
/// never becomes text.
struct NoticeLine {
    /// A line has no more words than this; of longer ones the rest is not kept.
    private static let limit = 8

    /// Number of words, also of those that are not kept.
    private(set) var count = 0
    private var words = InlineArray<8, Range<Int>>(repeating: 0..<0)

    /// Reads a line.
    /// - Parameters:
    ///   - bytes: lines with words, and blanks between them.
    ///   - position: where the line begins; behind its end afterwards.
    init(_ bytes: RawSpan, at position: inout Int) {
        let end = bytes.byteCount
        var (start, offset) = (position, position)
        while offset < end {
            let byte = bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
            // Nearly all are letters and digits.
            if byte <= UInt8(ascii: " "), byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") {
                add(start..<offset)
                start = offset + 1
                if byte == UInt8(ascii: "\n") {
                    position = start
                    return
                }
            }
            offset += 1
        }
        add(start..<end)
        position = end
    }

    private mutating func add(_ word: Range<Int>) {
        guard !word.isEmpty else { return }
        if count < Self.limit { words[count] = word }
        count += 1
    }

    private func word(at index: Int) -> Range<Int> { index < min(count, Self.limit) ? words[index] : 0..<0 }

    /// Whether a word is this one.
    func has(_ text: StaticString, at index: Int, _ bytes: RawSpan) -> Bool { bytes.equals(word(at: index), text) }

    /// A word; empty if there are not so many.
    func text(at index: Int, _ bytes: RawSpan) -> String { bytes.string(word(at: index)) }

    /// A word that is a number in decimal; `nil` for any other.
    func integer(at index: Int, _ bytes: RawSpan) -> Int64? {
        let word = word(at: index)
        var value: Int64 = 0
        for offset in word {
            let digit = bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self) &- UInt8(ascii: "0")
            let (product, isTooGreat) = value.multipliedReportingOverflow(by: 10)
            guard digit < 10, !isTooGreat else { return Int64(bytes.string(word)) }
            let (sum, overflow) = product.addingReportingOverflow(Int64(digit))
            guard !overflow else { return nil }
            value = sum
        }
        return word.isEmpty ? nil : value
    }
}
