/// Where the elements of a JSON array are, found by checking the whole array and building nothing.
struct JSONElements {
    /// How many there are.
    private(set) var count = 0
    /// The first element.
    private(set) var first = 0..<0
    /// Whether the first element is a string without escape sequences.
    private(set) var startsWithPlainString = false
    /// Everything between the brackets, from the first element to the last.
    private(set) var content = 0..<0
    /// Everything behind the first element and its comma.
    private(set) var rest = 0..<0

    /// Scans an array.
    /// - Parameters:
    ///   - bytes: a text that ends with the array.
    ///   - start: where the array begins.
    ///   - depthLimit: how deep arrays and objects may nest inside an element.
    /// - Throws: ``JSONError`` for text that is not JSON, not an array, or too deep.
    init(_ bytes: RawSpan, from start: Int, depthLimit: Int) throws(JSONError) {
        var scanner = JSONScanner(at: start, depthLimit: depthLimit)
        try scanner.expect(.openBracket, bytes)
        if try scanner.peek(bytes) != .closeBracket {
            try scanElements(bytes, &scanner)
        }
        try scanner.expect(.closeBracket, bytes)
        try scanner.expectEnd(bytes)
    }

    private mutating func scanElements(_ bytes: RawSpan, _ scanner: inout JSONScanner) throws(JSONError) {
        let start = scanner.position
        if bytes.hasByte(.quote, at: start) {
            scanner.position += 1
            startsWithPlainString = try !scanner.skipStringBody(bytes)
        } else {
            try scanner.skipValue(bytes)
        }
        count = 1
        first = start..<scanner.position
        var restStart = start
        while try scanner.peek(bytes) == .comma {
            scanner.position += 1
            _ = try scanner.peek(bytes)
            if count == 1 { restStart = scanner.position }
            try scanner.skipValue(bytes)
            count += 1
        }
        content = start..<scanner.position
        rest = (count == 1 ? scanner.position : restStart)..<scanner.position
    }
}
