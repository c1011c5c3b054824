import SocketIO

/// What a client asks with `findChat` (applications, A.3): `(collegeEmail?, withVideo?)`, or the object form
/// `({collegeEmail?, withVideo?})`.
///
/// The address is used by nothing but a log line. Arguments of a wrong type count as absent: the request is carried
/// out, and the acknowledgement says ``Refusal/invalidPayload``.
struct FindRequest: Equatable {
    /// Whether the client wants video.
    var wantsVideo = false
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
            read(email: object["collegeEmail"], video: object["withVideo"])
        } else {
            read(email: arguments[0], video: arguments[1])
        }
    }

    private mutating func read(email: Value?, video: Value?) {
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
