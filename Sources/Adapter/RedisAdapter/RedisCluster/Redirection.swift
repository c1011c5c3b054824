/// What a server of a Redis Cluster answers when a command is not for it, or not now (Redis Cluster specification,
/// "Redirection and resharding").
enum Redirection: Equatable {
    /// The slot is owned by another server, now and later.
    case moved(HashSlot, RedisConfiguration.Endpoint)
    /// The slot is on its way to another server, which has this key already: to be asked this once, after `ASKING`.
    case ask(RedisConfiguration.Endpoint)
    /// The slot is on its way, and the keys of the command are on both sides.
    case tryAgain
    /// The cluster cannot serve the slot at present.
    case down

    /// Reads the text of an error: `MOVED <slot> <host>:<port>`, `ASK …` and so on; `nil` for any other error.
    /// - Parameters:
    ///   - text: as Redis sent it.
    ///   - asked: the server that sent it: a redirection without host is to another port of that.
    init?(_ text: String, asked: RedisConfiguration.Endpoint) {
        let words = text.split(separator: " ")
        switch words.first {
        case "TRYAGAIN": self = .tryAgain
        case "CLUSTERDOWN", "MASTERDOWN", "LOADING": self = .down
        case "MOVED", "ASK":
            guard words.count == 3, let slot = Int(words[1]).flatMap({ HashSlot($0) }),
                let colon = words[2].lastIndex(of: ":"),
                let endpoint = RedisConfiguration.Endpoint(
                    host: String(words[2][..<colon]), port: Int64(words[2][words[2].index(after: colon)...]),
                    asked: asked)
            else { return nil }
            self = words.first == "MOVED" ? .moved(slot, endpoint) : .ask(endpoint)
        default: return nil
        }
    }
}
