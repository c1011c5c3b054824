import HTTPCodec
import NIOCore
import NIOHTTP1

extension RequestHead {
    /// A head of a method, a target and fields.
    static func read(_ methodAndTarget: String, _ fields: HTTPHeaders = [:]) throws -> RequestHead {
        let lines = fields.map { "\($0.name): \($0.value)\r\n" }.joined()
        var input = ByteBuffer(string: "\(methodAndTarget) HTTP/1.0\r\n\(lines)\r\n")
        var decoder = RequestDecoder(limits: HeadLimits(lineBytes: 4096, fieldBytes: 4096, fieldCount: 100))
        guard case .head(let head) = try decoder.next(from: &input) else { throw MalformedMessage.syntax }
        return head
    }
}
