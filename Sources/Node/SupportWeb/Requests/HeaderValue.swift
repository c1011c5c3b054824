/// A field value with parameters, such as `multipart/form-data; boundary="x"` (RFC 9110, section 5.6.6).
struct HeaderValue: Equatable {
    /// What stands before the parameters, without blanks around it.
    let value: String
    private let parameters: [(name: String, value: String)]

    init(_ text: some StringProtocol) {
        let parts = Self.parts(text)
        value = parts.first ?? ""
        parameters = parts.dropFirst().compactMap { part in
            guard let equals = part.firstIndex(of: "=") else { return nil }
            let name = part[..<equals].trimmed.lowercased()
            return (name, Self.unquoted(part[part.index(after: equals)...].trimmed))
        }
    }

    /// The first parameter of a name.
    /// - Parameter name: its name in lower case.
    /// - Returns: its value; `nil` if there is none.
    func parameter(_ name: String) -> String? {
        parameters.first { $0.name == name }?.value
    }

    static func == (left: HeaderValue, right: HeaderValue) -> Bool {
        left.value == right.value && left.parameters.elementsEqual(right.parameters, by: ==)
    }

    /// Splits at semicolons outside of quotation marks.
    private static func parts(_ text: some StringProtocol) -> [String] {
        var parts = [""]
        var isQuoted = false
        var isEscaped = false
        for character in text {
            if character == ";", !isQuoted {
                parts.append("")
                continue
            }
            if character == "\"", !isEscaped { isQuoted.toggle() }
            isEscaped = isQuoted && character == "\\" && !isEscaped
            parts[parts.endIndex - 1].append(character)
        }
        return parts.map { String($0[...].trimmed) }
    }

    private static func unquoted(_ text: Substring) -> String {
        guard text.count >= 2, text.first == "\"", text.last == "\"" else { return String(text) }
        var result = ""
        var isEscaped = false
        for character in text.dropFirst().dropLast() {
            if character == "\\", !isEscaped {
                isEscaped = true
            } else {
                result.append(character)
                isEscaped = false
            }
        }
        return result
    }
}

extension StringProtocol {
    /// The text without blanks, tabs and line breaks around it.
    var trimmed: SubSequence {
        guard let start = firstIndex(where: { !$0.isWhitespace }), let end = lastIndex(where: { !$0.isWhitespace })
        else { return self[endIndex...] }
        return self[start...end]
    }
}
