/// The decimal digits of an integer, so that their number is known before they are written.
struct DecimalDigits {
    private var digits = InlineArray<20, UInt8>(repeating: 0)
    private var start = 20

    /// Makes the digits, with a minus sign before those of a negative number.
    init(_ number: some FixedWidthInteger) {
        var rest = UInt64(number.magnitude)
        repeat {
            start -= 1
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            digits[start] = .zero + UInt8(truncatingIfNeeded: digit)
            rest = quotient
        } while rest > 0
        guard number < 0 else { return }
        // There is room: the smallest Int64 has 19 digits.
        start -= 1
        digits[start] = .minus
    }

    /// How many bytes they take.
    var count: Int { 20 - start }

    /// Lends the text.
    func withBytes(_ body: (RawSpan) -> Void) { body(digits.span.bytes.extracting(start..<20)) }
}
