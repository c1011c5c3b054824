import HTTPTypes
import Hummingbird
import Support

/// The query of a request for messages (applications, B.7): `con`, and the cursors `desde`, `hasta` and `limite`.
struct HistoryQuery: Equatable {
    /// Most messages of one answer.
    static let limit = 1_000

    private let fields: FormFields

    init(_ request: Request) {
        fields = FormFields(urlEncoded: Array((request.uri.query ?? "").utf8))
    }

    /// Whose conversation is asked for.
    /// - Throws: `Denial` with 400 if the parameter is missing, empty or repeated.
    func account() throws(Denial) -> String {
        guard let name = fields.text("con"), !name.isEmpty else {
            throw .json(.badRequest, "Falta el parámetro ?con=usuario")
        }
        return name
    }

    /// Which part of the history is asked for: by default the newest ``limit`` messages.
    /// - Throws: `Denial` with 400 if a cursor is no whole number from 0, or the limit none from 1.
    func page() throws(Denial) -> HistoryPage {
        let limit = try number("limite", from: 1)
        return HistoryPage(
            after: try number("desde", from: 0), upTo: try number("hasta", from: 0),
            limit: min(Int(clamping: limit ?? Int64(Self.limit)), Self.limit))
    }

    private func number(_ name: String, from least: Int64) throws(Denial) -> Int64? {
        guard fields.has(name) else { return nil }
        guard let number = fields.text(name).flatMap({ Int64($0) }), number >= least else {
            throw .json(.badRequest, "El parámetro ?\(name) debe ser un número entero desde \(least)")
        }
        return number
    }
}
