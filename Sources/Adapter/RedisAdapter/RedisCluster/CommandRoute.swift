import NIOCore

/// To which server of a Redis Cluster a command goes.
enum CommandRoute: Equatable {
    /// To the owner of a slot.
    case slot(HashSlot)
    /// To any, but always the same one, so that what is published arrives in order.
    case home

    /// Commands that name neither key nor shard channel.
    private static let keyless: Set<String> = [
        "ACL", "CLIENT", "CLUSTER", "CONFIG", "DBSIZE", "DEBUG", "ECHO", "FLUSHALL", "FLUSHDB", "INFO", "LATENCY",
        "PING", "PUBLISH", "PUBSUB", "ROLE", "SCRIPT", "TIME", "WAIT",
    ]
    /// Commands whose first key is the second argument.
    private static let secondArgument: Set<String> = ["MEMORY", "OBJECT", "XGROUP", "XINFO"]
    /// Commands whose second argument says how many keys follow.
    private static let counted: Set<String> = ["EVAL", "EVALSHA", "EVALSHA_RO", "EVAL_RO", "FCALL", "FCALL_RO"]

    /// Finds the first key of a command; with the others it shares a hash tag, or Redis refuses.
    /// - Parameter words: the command and its arguments.
    init(_ words: [RedisArgument]) {
        let name = words.name.uppercased()
        let index: Int?
        switch name {
        case "PUBSUB" where Self.text(words, 1)?.uppercased() == "SHARDNUMSUB": index = 2
        case _ where Self.keyless.contains(name): index = nil
        case _ where Self.counted.contains(name): index = Self.text(words, 2) == "0" ? nil : 3
        case _ where Self.secondArgument.contains(name): index = 2
        case "XREAD", "XREADGROUP":
            index = words.indices.first { Self.text(words, $0)?.uppercased() == "STREAMS" }.map { $0 + 1 }
        default: index = 1
        }
        self = index.flatMap { Self.text(words, $0) }.map { .slot(HashSlot(of: $0)) } ?? .home
    }

    private static func text(_ words: [RedisArgument], _ index: Int) -> String? {
        guard words.indices.contains(index) else { return nil }
        return switch words[index] {
        case .text(let text): text
        case .bytes(let bytes): String(buffer: bytes)
        }
    }
}
