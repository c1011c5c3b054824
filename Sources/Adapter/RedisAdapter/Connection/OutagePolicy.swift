/// What becomes of publications while Redis cannot be reached.
public enum OutagePolicy: Sendable, Equatable {
    /// They wait and are sent, in order, when Redis is back and the other nodes have had the time to subscribe again.
    /// When more than so many bytes wait, the oldest are dropped and counted.
    case keep(bytes: Int)
    /// They are dropped at once, and counted.
    case drop

    /// Reads `drop`, or `keep:BYTES` with a whole number that is not 0.
    /// - Parameter text: as in the option `--redis-outage`.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        switch (parts.first, parts.count) {
        case ("drop", 1): self = .drop
        case ("keep", 2):
            guard let bytes = Int(parts[1]), bytes > 0 else { return nil }
            self = .keep(bytes: bytes)
        default: return nil
        }
    }

    /// How many bytes may wait.
    var keptBytes: Int {
        switch self {
        case .keep(let bytes): bytes
        case .drop: 0
        }
    }
}
