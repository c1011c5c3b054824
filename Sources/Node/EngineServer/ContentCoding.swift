/// How the body of a response is compressed. Source: RFC 9110, section 8.4.1.
enum ContentCoding: String, CaseIterable, Sendable {
    case gzip
    case deflate

    /// The coding that a client likes best; of several that it likes as well, the first of ours. `nil` if it accepts
    /// none, or prefers the body as it is.
    /// - Parameter fields: its `Accept-Encoding` fields.
    init?(acceptedBy fields: [String]) {
        guard !fields.isEmpty else { return nil }
        var weights: [String: Double] = [:]
        for item in fields.joined(separator: ",").split(separator: ",") {
            let parts = item.split(separator: ";", omittingEmptySubsequences: false).map(Self.trimmed)
            let name = parts[0] == "x-gzip" ? "gzip" : parts[0]
            // What comes twice has the lower weight: a client that refuses something means it.
            weights[name] = min(weights[name] ?? 1, Self.weight(parts.dropFirst()))
        }
        var best: (coding: ContentCoding, weight: Double)?
        for coding in Self.allCases {
            let weight = weights[coding.rawValue] ?? weights["*"] ?? 0
            if weight > best?.weight ?? 0 { best = (coding, weight) }
        }
        guard let best, best.weight >= weights["identity"] ?? 0 else { return nil }
        self = best.coding
    }

    /// The weight that an item gives itself (section 12.4.2); 0 if it cannot be read.
    private static func weight(_ parameters: some Collection<String>) -> Double {
        guard let text = parameters.first(where: { $0.hasPrefix("q=") }) else { return 1 }
        guard let weight = Double(text.dropFirst(2)), (0...1).contains(weight) else { return 0 }
        return weight
    }

    private static func trimmed(_ text: Substring) -> String {
        text.filter { $0 != " " && $0 != "\t" }.lowercased()
    }
}
