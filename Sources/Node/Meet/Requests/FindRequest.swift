import SocketIO

/// What a client asks with `findChat` (applications, A.3): `(collegeEmail?, withVideo?, {pool?}?)`, or the object form
/// `({collegeEmail?, withVideo?, pool?})`.
///
/// The address is used by nothing but a log line. Arguments of a wrong type count as absent: the request is carried
/// out, and the acknowledgement says ``Refusal/invalidPayload``. Not so a pool: whoever names one must not end up among
/// others.
struct FindRequest: Equatable {
    /// Whether the client wants video.
    var wantsVideo = false
    /// The pool that the client named; `nil` for none.
    var pool: String?
    /// Whether every argument was of its type.
    var isValid = true

    /// Longest argument that is looked at, in bytes of JSON.
    static let sizeLimit = 4 << 10

    init(_ arguments: Arguments) {
        guard (arguments.size(at: 0) ?? 0) <= Self.sizeLimit, (arguments.size(at: 1) ?? 0) <= Self.sizeLimit else {
            isValid = false
            return
        }
        if let object = arguments[0]?.object {
            read(email: object["collegeEmail"], video: object["withVideo"], pool: object["pool"])
        } else {
            read(email: arguments[0], video: arguments[1], pool: Self.option(arguments))
        }
    }

    /// The pool of the positional form.
    private static func option(_ arguments: Arguments) -> Value? {
        guard let size = arguments.size(at: 2), size <= sizeLimit else { return nil }
        return arguments[2]?.object?["pool"]
    }

    private mutating func read(email: Value?, video: Value?, pool name: Value?) {
        switch name {
        case .none, .null: break
        // No configuration has a pool with an empty name.
        default: pool = name?.string ?? ""
        }
        switch email {
        case .none, .null, .string: break
        default: isValid = false
        }
        switch video {
        case .none, .null: break
        case .bool(let wish): wantsVideo = wish
        default: isValid = false
        }
    }
}
