/// How the HTTP interface turns away who has no token (applications, B.7 and B.12).
public enum GuardStyle: String, Sendable {
    /// By status and error, as the documented version does.
    case json
    /// By sending them to `/login`, as the later version does; administrators' routes say `Acceso denegado` to others.
    case redirect
}
