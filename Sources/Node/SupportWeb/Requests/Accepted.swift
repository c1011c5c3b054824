import HTTPTypes
import Hummingbird

/// What a client would rather read: a page, or JSON (RFC 9110, section 12.5.1).
enum Accepted: Equatable {
    case page
    case json
    /// It does not say.
    case either

    init(_ request: Request) {
        let fields = request.headers[values: .accept]
        let json = Self.quality(of: ["application/json"], in: fields)
        let page = Self.quality(of: ["text/html", "application/xhtml+xml"], in: fields)
        self = json > page ? .json : page > 0 ? .page : .either
    }

    /// The largest weight under which one of the types is named; wildcards name nothing.
    private static func quality(of types: [String], in fields: [String]) -> Double {
        let entries = fields.flatMap { $0.split(separator: ",") }.map(HeaderValue.init)
        return entries.filter { types.contains($0.value.lowercased()) }.map { entry in
            entry.parameter("q").map { Double($0) ?? 0 } ?? 1
        }.max() ?? 0
    }
}
