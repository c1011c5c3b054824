extension JSONScanner {
    /// Consumes the rest of a string, whose opening quote is behind us, and its closing quote.
    /// - Returns: whether it contains escape sequences.
    @discardableResult
    mutating func skipStringBody(_ bytes: RawSpan) throws(JSONError) -> Bool {
        var hasEscapes = false
        while true {
            position = bytes.endOfPlainText(from: position)
            guard position < bytes.byteCount else { throw JSONError(.unexpectedEnd, at: position) }
            let byte = bytes.byte(at: position)
            if byte == .quote {
                position += 1
                return hasEscapes
            }
            guard byte == .backslash else { throw JSONError(.invalidString, at: position) }
            hasEscapes = true
            try skipEscape(bytes)
        }
    }

    private mutating func skipEscape(_ bytes: RawSpan) throws(JSONError) {
        guard position + 1 < bytes.byteCount else { throw JSONError(.unexpectedEnd, at: position) }
        switch bytes.byte(at: position + 1) {
        case .quote, .backslash, .slash, UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"),
            UInt8(ascii: "t"):
            position += 2
        case UInt8(ascii: "u"):
            guard position + 6 <= bytes.byteCount else { throw JSONError(.unexpectedEnd, at: position) }
            guard bytes.hexadecimal(at: position + 2) != nil else { throw JSONError(.invalidString, at: position) }
            position += 6
        default:
            throw JSONError(.invalidString, at: position)
        }
    }

    /// Consumes a number.
    mutating func skipNumber(_ bytes: RawSpan) throws(JSONError) {
        if bytes.hasByte(.minus, at: position) { position += 1 }
        if bytes.hasByte(.zero, at: position) {
            position += 1
            guard !bytes.hasDigit(at: position) else { throw JSONError(.invalidNumber, at: position) }
        } else {
            try skipDigits(bytes)
        }
        if bytes.hasByte(.dot, at: position) {
            position += 1
            try skipDigits(bytes)
        }
        if bytes.hasByte(UInt8(ascii: "e"), at: position) || bytes.hasByte(UInt8(ascii: "E"), at: position) {
            position += 1
            if bytes.hasByte(.minus, at: position) || bytes.hasByte(.plus, at: position) { position += 1 }
            try skipDigits(bytes)
        }
    }

    private mutating func skipDigits(_ bytes: RawSpan) throws(JSONError) {
        let start = position
        while bytes.hasDigit(at: position) { position += 1 }
        guard position > start else { throw JSONError(.invalidNumber, at: position) }
    }
}
