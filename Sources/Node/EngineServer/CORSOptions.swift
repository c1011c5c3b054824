/// What browsers are told about requests of pages of other origins, beside who may come
/// (``EngineConfiguration/origins``) and whether cookies do (``EngineConfiguration/credentials``).
///
/// Source: the Fetch standard, "CORS protocol".
public struct CORSOptions: Sendable, Equatable {
    /// `Access-Control-Allow-Methods`. Default: `GET` and `POST`, what the protocol needs.
    public var methods: [String] = ["GET", "POST"]
    /// `Access-Control-Allow-Headers`: the fields that pages may send (`extraHeaders` of clients); `nil` allows what a
    /// preflight asks for. Default: `nil`.
    public var allowedHeaders: [String]?
    /// `Access-Control-Expose-Headers`: the fields of responses that pages may read. Default: none beside the simple
    /// ones.
    public var exposedHeaders: [String] = []
    /// `Access-Control-Max-Age`: how long browsers may remember the answer to a preflight, in whole seconds; `nil` leaves
    /// it to the browser. Default: 10 minutes.
    public var maxAge: Duration? = .seconds(600)
    /// The status of the answer to a preflight. Default: 204; some old browsers want 200.
    public var preflightStatus = 204

    /// Creates the default options.
    public init() {}

    /// Why they cannot be sent as they are; `nil` if they can.
    var problem: String? {
        let names = methods + (allowedHeaders ?? []) + exposedHeaders
        guard names.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x2C } }) else {
            return "must have names without blanks, commas and control characters"
        }
        if let maxAge, maxAge < .zero { return "must not have a negative maxAge" }
        guard (200...299).contains(preflightStatus) else { return "must have a preflightStatus from 200 to 299" }
        return nil
    }
}
