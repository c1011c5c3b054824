import FoundationEssentials
import HTTPTypes
package import Hummingbird
import NIOCore

/// The stock Socket.IO browser client, read once from a file that the operator names (`--client-bundle`).
///
/// It is served at `/socket.io/socket.io.js` and `/socket.io/socket.io.min.js`, where pages written for the reference
/// server look for it.
public struct ClientBundle: Sendable {
    /// The paths that it answers.
    static let paths = ["/socket.io/socket.io.js", "/socket.io/socket.io.min.js"]
    /// The largest file that is accepted, in bytes.
    static let sizeLimit = 4 << 20

    private let content: ByteBuffer
    private let tag: String

    /// Why a file was not accepted.
    public enum LoadError: Error, Sendable, CustomStringConvertible {
        /// The file cannot be read.
        case unreadable(path: String)
        /// The file is empty or larger than 4 MiB.
        case size(path: String)

        /// One line for the operator.
        public var description: String {
            switch self {
            case .unreadable(let path): "client bundle \(path): cannot be read"
            case .size(let path): "client bundle \(path): empty, or larger than 4 MiB"
            }
        }
    }

    /// Reads the file.
    /// - Parameter path: path of the file, for example of `socket.io.min.js`.
    /// - Throws: ``LoadError``.
    public init(path: String) throws(LoadError) {
        guard let data = try? Data(contentsOf: URL(filePath: path)) else { throw .unreadable(path: path) }
        guard !data.isEmpty, data.count <= Self.sizeLimit else { throw .size(path: path) }
        self.init(content: ByteBuffer(bytes: data))
    }

    init(content: ByteBuffer) {
        self.content = content
        tag = "\"\(entityTag(content.readableBytesView))\""
    }

    /// Adds the routes.
    /// - Parameter router: where to.
    package func add(to router: Router<WebContext>) {
        for path in Self.paths {
            router.get(RouterPath(path)) { request, _ in response(to: request) }
        }
    }

    private func response(to request: Request) -> Response {
        var headers: HTTPFields = [.eTag: tag, .cacheControl: "public, max-age=3600"]
        if request.headers[.ifNoneMatch] == tag { return Response(status: .notModified, headers: headers) }
        headers[.contentType] = "text/javascript; charset=utf-8"
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: content))
    }
}

/// A short fingerprint of a file's content (64-bit FNV-1a): tells versions apart, proves nothing.
package func entityTag(_ bytes: some Sequence<UInt8>) -> String {
    String(bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }, radix: 16)
}
