import FoundationEssentials
import HTTPTypes

extension FormFields {
    /// Why a body was not read.
    enum BodyError: Error, Equatable {
        /// The content type is none that forms have.
        case unsupported
        /// The body is not what its content type says.
        case malformed
    }

    /// Reads the body of a request by its content type: a form of a page, with or without files, or a JSON object.
    /// - Parameters:
    ///   - body: the whole body.
    ///   - contentType: the field `Content-Type`; `nil` is a form without fields.
    /// - Throws: ``BodyError``.
    init(body: [UInt8], contentType: String?) throws(BodyError) {
        guard let contentType, !body.isEmpty else {
            self.init()
            return
        }
        let type = HeaderValue(contentType)
        switch type.value.lowercased() {
        case "application/x-www-form-urlencoded":
            self.init(urlEncoded: body)
        case "application/json":
            try self.init(json: body)
        case "multipart/form-data":
            guard let boundary = type.parameter("boundary"),
                let fields = FormFields(multipart: body, boundary: boundary)
            else { throw .malformed }
            self = fields
        default:
            throw .unsupported
        }
    }

    private init(json body: [UInt8]) throws(BodyError) {
        self.init()
        do {
            let object = try JSONDecoder().decode([String: JSONField].self, from: Data(body))
            for (name, field) in object.sorted(by: { $0.key < $1.key }) { append(name, field.value) }
        } catch {
            throw .malformed
        }
    }
}

/// One member of a JSON object, as far as forms care.
private struct JSONField: Decodable {
    var value: FormFields.Value

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            value = .text(text)
        } else if let number = try? container.decode(Double.self) {
            value = .number(Int64(exactly: number).map { String($0) } ?? String(number))
        } else {
            value = .other
        }
    }
}
