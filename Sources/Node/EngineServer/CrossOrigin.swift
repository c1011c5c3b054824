import NIOHTTP1

/// What an engine's cross-origin settings mean for one request. Source: the Fetch standard, "CORS protocol".
enum CrossOrigin: Equatable {
    /// Serve it, with these header lines in the response.
    case allowed(fields: String)
    /// Answer this preflight with these header lines.
    case preflight(fields: String)
    /// Refuse it.
    case forbidden

    init(_ head: HTTPRequestHead, _ configuration: EngineConfiguration) {
        guard let origin = head.headers.first(name: "origin") else {
            self = .allowed(fields: "")
            return
        }
        // The origin is repeated in the response: only what can be an origin is.
        guard origin.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            configuration.origins.allows(origin, host: Self.host(head, configuration))
        else {
            self = .forbidden
            return
        }
        let fields = Self.fields(origin: origin, configuration)
        guard head.method == .OPTIONS, head.headers.contains(name: "access-control-request-method") else {
            self = .allowed(fields: fields)
            return
        }
        self = .preflight(fields: fields + Self.preflightFields(head))
    }

    private static func host(_ head: HTTPRequestHead, _ configuration: EngineConfiguration) -> String? {
        let forwarded = configuration.trustedProxies > 0 ? head.headers.first(name: "x-forwarded-host") : nil
        return forwarded ?? head.headers.first(name: "host")
    }

    private static func fields(origin: String, _ configuration: EngineConfiguration) -> String {
        let everyone = configuration.origins == .any && !configuration.credentials
        guard !everyone else { return "access-control-allow-origin: *\r\n" }
        let fields = "access-control-allow-origin: \(origin)\r\nvary: Origin\r\n"
        return configuration.credentials ? fields + "access-control-allow-credentials: true\r\n" : fields
    }

    private static func preflightFields(_ head: HTTPRequestHead) -> String {
        var fields = "access-control-allow-methods: GET, POST\r\naccess-control-max-age: 600\r\n"
        let requested = head.headers["access-control-request-headers"].joined(separator: ", ")
        if !requested.isEmpty, requested.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) {
            fields += "access-control-allow-headers: \(requested)\r\n"
        }
        return fields
    }
}
