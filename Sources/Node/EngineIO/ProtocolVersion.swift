/// The revision of the Engine.IO protocol that a session speaks, named by the `EIO` item of its first request.
public enum ProtocolVersion: Int, Sendable, CaseIterable {
    /// Revision 3, spoken by clients of Socket.IO 2.x: the client pings, and payloads have lengths. Served where
    /// `allowEIO3` says so.
    case v3 = 3
    /// Revision 4, spoken by clients since Socket.IO 3.
    case v4 = 4
}
