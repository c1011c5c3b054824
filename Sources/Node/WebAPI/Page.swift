import HTTPTypes
public import Hummingbird
import NIOCore

/// A file of a front end, embedded into the executable: a page, a module of its script, a style sheet or a picture.
public struct Page: Sendable {
    /// Where it is served.
    public let path: String
    private let type: String
    private let content: ByteBuffer
    private let tag: String

    /// Describes a file.
    /// - Parameters:
    ///   - path: where it is served.
    ///   - file: its name, whose ending (`.html`, `.js`, `.css`, `.svg`, `.json`) says what it is.
    ///   - bytes: its content, in UTF-8.
    public init(_ path: String, file: String, _ bytes: [UInt8]) {
        self.path = path
        type = Self.type(of: file)
        content = ByteBuffer(bytes: bytes)
        tag = "\"\(entityTag(bytes))\""
    }

    /// Files that the pages of every application use, under `/resources/`: languages, their common style, the icon.
    public static let shared = [
        Page("/resources/language.js", file: "language.js", PackageResources.language_js),
        Page("/resources/page.css", file: "page.css", PackageResources.page_css),
        Page("/resources/icon.svg", file: "icon.svg", PackageResources.icon_svg),
    ]

    /// The page of *meet* and what belongs to it alone.
    static let meet = [
        Page("/", file: "meet.html", PackageResources.meet_html),
        Page("/resources/meet.js", file: "meet.js", PackageResources.meet_js),
        Page("/resources/meet-view.js", file: "meet-view.js", PackageResources.meet_view_js),
        Page("/resources/meet-words.js", file: "meet-words.js", PackageResources.meet_words_js),
        Page("/resources/call.js", file: "call.js", PackageResources.call_js),
        Page("/resources/camera.js", file: "camera.js", PackageResources.camera_js),
        Page("/resources/meet.css", file: "meet.css", PackageResources.meet_css),
    ]

    /// Answers a request for it: 200 with the content, or 304 when the browser has it.
    /// - Parameter request: the request.
    /// - Returns: the answer; browsers may keep it and ask again each time.
    public func response(to request: Request) -> Response {
        var headers: HTTPFields = [.eTag: tag, .cacheControl: "no-cache"]
        if request.headers[.ifNoneMatch] == tag { return Response(status: .notModified, headers: headers) }
        headers[.contentType] = type
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: content))
    }

    private static func type(of file: String) -> String {
        switch file.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "svg": "image/svg+xml"
        case "json": "application/json; charset=utf-8"
        default: "application/octet-stream"
        }
    }
}
