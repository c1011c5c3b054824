import HTTPTypes
import Hummingbird
import NIOCore

/// A file of the page of *meet*, embedded into the executable.
struct Page: Sendable {
    let path: String
    private let type: String
    private let content: ByteBuffer
    private let tag: String

    private init(_ path: String, _ type: String, _ bytes: [UInt8]) {
        self.path = path
        self.type = type
        content = ByteBuffer(bytes: bytes)
        tag = "\"\(entityTag(bytes))\""
    }

    static let all = [
        Page("/", "text/html; charset=utf-8", PackageResources.index_html),
        Page("/meet.js", "text/javascript; charset=utf-8", PackageResources.meet_js),
        Page("/meet.css", "text/css; charset=utf-8", PackageResources.meet_css),
    ]

    func response(to request: Request) -> Response {
        var headers: HTTPFields = [.eTag: tag, .cacheControl: "no-cache"]
        if request.headers[.ifNoneMatch] == tag { return Response(status: .notModified, headers: headers) }
        headers[.contentType] = type
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: content))
    }
}
