import Logging
import NIOHTTP1

/// What an engine with hooks keeps of a request until it is answered.
final class HookedRequest: Sendable {
    let request: ClientRequest
    private let hooks: RequestHooks
    private let logger: Logger

    init(_ request: ClientRequest, hooks: RequestHooks, logger: Logger) {
        self.request = request
        self.hooks = hooks
        self.logger = logger
    }

    /// The header lines of a response of a session, after the hooks for it.
    /// - Parameter lines: what the engine would send.
    /// - Returns: what it sends.
    func sessionFields(_ lines: String) -> String {
        var headers = merged(lines)
        // The first response is the one to a request that names no session.
        if request.query("sid")?.isEmpty ?? true { hooks.initialHeaders?(&headers, request) }
        hooks.headers?(&headers, request)
        return HeaderLines(headers, logger).text
    }

    /// The header lines of another response.
    /// - Parameter lines: what the engine would send.
    /// - Returns: what it sends.
    func fields(_ lines: String) -> String {
        request.responseHeaders.isEmpty ? lines : HeaderLines(merged(lines), logger).text
    }

    /// The engine's fields, and those of the middleware that it does not write itself.
    private func merged(_ lines: String) -> HTTPHeaders {
        let own = HTTPHeaders(lines: lines)
        var headers = own
        for (name, value) in request.responseHeaders where Self.mayRepeat(name) || !own.contains(name: name) {
            headers.add(name: name, value: value)
        }
        return headers
    }

    private static func mayRepeat(_ name: String) -> Bool {
        name.lowercased() == "set-cookie" || name.lowercased() == "vary"
    }
}
