import EngineIO

/// The reasons that ``Socket/onDisconnect(_:)`` handlers see: the texts of the reference server.
///
/// A session that ends gives the raw value of its `CloseReason`; the reasons here are those of a namespace alone.
enum DisconnectReason {
    /// The client left the namespace (`socket.disconnect()`); it does not come back by itself.
    static let clientNamespace = "client namespace disconnect"
    /// The server made it leave; the client sees `io server disconnect` and does not come back by itself.
    static let serverNamespace = "server namespace disconnect"
    /// Those after which a client may get its socket back, if recovery is on (wire, section 7).
    static let recoverable: Set<String> = Set(
        [
            CloseReason.transportError, .transportClose, .forcedClose, .pingTimeout, .serverShuttingDown,
            .forcedServerClose, .leaseLost,
        ].map(\.rawValue))
}
