/// Names of events between servers that applications may not use (reference: `RESERVED_EVENTS` of a namespace).
///
/// Those between client and server are known to `EventName.isReserved`.
enum ReservedServerEvents {
    static let names: Set<String> = ["connection", "connect", "new_namespace"]
}
