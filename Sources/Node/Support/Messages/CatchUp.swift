import SocketIO

/// What a client missed, as `sincronizacion` tells it (applications, D.2): `{mensajes, completa}`.
///
/// A client says with `auth.ultimoId` which message it knows as the last, as number or as text.
struct CatchUp: Sendable {
    /// Id of the last message that the client knows.
    let last: Int64
    /// Ids of messages that the client got meanwhile, as it is in its rooms already.
    private(set) var seen: Set<Int64> = []

    /// Reads what a client passed as `auth`; `nil` if it does not want to catch up.
    init?(_ auth: Value) {
        guard let last = auth["ultimoId"].flatMap({ $0.int ?? $0.string.flatMap(Int64.init) }), last >= 0 else {
            return nil
        }
        self.last = last
    }

    /// The client was sent an event.
    mutating func sent(_ payload: Value?) {
        if let id = payload?["id"]?.int { seen.insert(id) }
    }

    /// The page of history to ask for.
    /// - Parameter limit: most messages of one `sincronizacion`.
    /// - Returns: the page, with one more message, which tells whether there are more.
    func page(limit: Int) -> HistoryPage { HistoryPage(after: last, limit: limit + 1) }

    /// The payload of `sincronizacion`.
    /// - Parameters:
    ///   - messages: what the store had; `nil` if it could not be read.
    ///   - limit: as in ``page(limit:)``.
    /// - Returns: the payload.
    func payload(_ messages: [StoredMessage]?, limit: Int) -> Value {
        guard let messages else { return ["mensajes": [], "completa": false] }
        let missed = messages.prefix(limit).filter { !seen.contains($0.id) }
        return ["mensajes": .array(missed.map(\.value)), "completa": .bool(messages.count <= limit)]
    }
}
