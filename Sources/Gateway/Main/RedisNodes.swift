import GatewayServer
import Logging
import NIOCore
import RedisAdapter
import Routing
import SocketIO

/// The nodes that announce themselves in Redis: with every heartbeat of its lease a node says where its listeners are
/// reached (architecture, section 4).
struct RedisNodes: NodeSource {
    let redis: RedisConfiguration
    let keys: KeySpace
    let loop: any EventLoop
    let logger: Logger
    /// Time between two looks. Health comes from probes, so this only bounds how late a new node is used.
    var interval = Duration.seconds(1)

    func run(_ named: @escaping @Sendable ([NodeAddress]) -> Void) async throws {
        let client = RedisClient(configuration: redis, loop: loop, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await client.run() }
            tasks.addTask {
                while true {
                    // A Redis that came back empty knows no node before the next heartbeats: the last list stays.
                    if let nodes = await look(client), !nodes.isEmpty { named(nodes) }
                    try await Task.sleep(for: interval)
                }
            }
            try await tasks.next()
            tasks.cancelAll()
        }
    }

    /// The nodes that live now; `nil` when Redis cannot be asked, so that the last list stays.
    private func look(_ client: RedisClient) async -> [NodeAddress]? {
        guard let fields = try? await client.command(["HVALS", .text(keys.key("nodes"))]).array else { return nil }
        return fields.compactMap { field in field.buffer.flatMap(Self.node) }
    }

    /// Reads `{"listeners":{"meet":"10.0.0.5:3001"},…}`; anything else is a node of another kind and passed over.
    static func node(_ information: ByteBuffer) -> NodeAddress? {
        guard let listeners = (try? Value(json: information))?["listeners"]?.object else { return nil }
        var endpoints: [Endpoint] = []
        for member in listeners.members {
            guard let text = member.value.string, let colon = text.lastIndex(of: ":"),
                let port = Int(text[text.index(after: colon)...]), (1...65_535).contains(port)
            else { return nil }
            let host = text[..<colon].filter { !"[]".contains($0) }
            endpoints.append(Endpoint(listener: member.key, host: host, port: port))
        }
        return NodeAddress(endpoints)
    }
}
