import FoundationEssentials
package import HTTPTypes
package import Hummingbird
import NIOCore

extension Response {
    /// A JSON answer with sorted keys; members without a value are absent.
    /// - Parameters:
    ///   - status: the status.
    ///   - value: the body.
    /// - Returns: the answer, which nobody may keep; 500 without a body if the value cannot be encoded.
    package static func json(_ status: HTTPResponse.Status, _ value: some Encodable) -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else { return Response(status: .internalServerError) }
        return Response(
            status: status, headers: [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: data)))
    }

    /// An error of the REST interface: `{"error": message}`.
    /// - Parameters:
    ///   - status: the status.
    ///   - message: the text for people.
    /// - Returns: the answer.
    package static func failure(_ status: HTTPResponse.Status, _ message: String) -> Response {
        .json(status, ["error": message])
    }

    /// A text answer.
    /// - Parameters:
    ///   - status: the status.
    ///   - text: the body.
    ///   - type: its content type.
    /// - Returns: the answer, which nobody may keep.
    package static func text(_ status: HTTPResponse.Status, _ text: String, type: String) -> Response {
        Response(
            status: status, headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
