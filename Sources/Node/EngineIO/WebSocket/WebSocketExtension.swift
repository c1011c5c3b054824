/// One offer of an extension, as the client lists them in `Sec-WebSocket-Extensions`. Source: RFC 6455, section 9.1.
struct WebSocketExtension: Equatable {
    /// A parameter with or without a value.
    struct Parameter: Equatable {
        var name: String
        var value: String?
    }

    var name: String
    var parameters: [Parameter]

    /// Reads the offers of a header.
    /// - Parameter header: the value; of several header lines, the values with commas between them.
    /// - Returns: the offers in order; those that break the grammar are left out.
    static func offers(_ header: String) -> [WebSocketExtension] {
        // A quoted value holds a token, so that no comma or semicolon can be inside of quotes.
        header.split(separator: ",").compactMap { WebSocketExtension($0) }
    }

    private init?(_ text: Substring) {
        let parts = text.split(separator: ";", omittingEmptySubsequences: false).map(Self.trimmed)
        guard let name = parts.first, Self.isToken(name) else { return nil }
        self.name = String(name)
        parameters = []
        for part in parts.dropFirst() {
            guard let parameter = Self.parameter(part) else { return nil }
            parameters.append(parameter)
        }
    }

    private static func parameter(_ text: Substring) -> Parameter? {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(trimmed)
        guard isToken(parts[0]) else { return nil }
        guard parts.count == 2 else { return Parameter(name: String(parts[0]), value: nil) }
        var value = parts[1]
        if value.utf8.count >= 2, value.hasPrefix("\""), value.hasSuffix("\"") { value = value.dropFirst().dropLast() }
        return isToken(value) ? Parameter(name: String(parts[0]), value: String(value)) : nil
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var bytes = text.utf8
        while let first = bytes.first, first == 0x20 || first == 0x09 { bytes.removeFirst() }
        while let last = bytes.last, last == 0x20 || last == 0x09 { bytes.removeLast() }
        return Substring(bytes)
    }

    /// Source: RFC 9110, section 5.6.2.
    private static func isToken(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }
}
