import HTTPCodec

/// What an engine's cross-origin settings mean for one request. Source: the Fetch standard, "CORS protocol".
enum CrossOrigin: Equatable {
    /// Serve it, with these header lines in the response.
    case allowed(fields: String)
    /// Answer this preflight with these header lines.
    case preflight(fields: String)
    /// Refuse it.
    case forbidden

    init(_ head: RequestHead, _ configuration: EngineConfiguration) {
        guard let origin = head.fields.first("origin") else {
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
        guard head.method == .options, head.hasField("access-control-request-method") else {
            self = .allowed(fields: fields)
            return
        }
        self = .preflight(fields: fields + Self.preflightFields(head, configuration.cors))
    }

    private static func host(_ head: RequestHead, _ configuration: EngineConfiguration) -> String? {
        let forwarded = configuration.trustedProxies > 0 ? head.fields.first("x-forwarded-host") : nil
        return forwarded ?? head.host
    }

    private static func fields(origin: String, _ configuration: EngineConfiguration) -> String {
        var fields: String
        if case .any = configuration.origins, !configuration.credentials {
            fields = "access-control-allow-origin: *\r\n"
        } else {
            fields = "access-control-allow-origin: \(origin)\r\nvary: Origin\r\n"
        }
        if configuration.credentials { fields += "access-control-allow-credentials: true\r\n" }
        let exposed = configuration.cors.exposedHeaders
        if !exposed.isEmpty { fields += "access-control-expose-headers: \(exposed.joined(separator: ", "))\r\n" }
        return fields
    }

    private static func preflightFields(_ head: RequestHead, _ options: CORSOptions) -> String {
        var fields = "access-control-allow-methods: \(options.methods.joined(separator: ", "))\r\n"
        if let maxAge = options.maxAge { fields += "access-control-max-age: \(maxAge.components.seconds)\r\n" }
        let headers = options.allowedHeaders ?? head.fields.all("access-control-request-headers")
        let allowed = headers.joined(separator: ", ")
        if !allowed.isEmpty, allowed.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) {
            fields += "access-control-allow-headers: \(allowed)\r\n"
        }
        return fields
    }
}
