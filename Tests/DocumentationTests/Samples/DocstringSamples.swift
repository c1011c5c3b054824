import Adapter
import Cluster
import EngineIO
import EngineServer
import Logging
import Matchmaking
import NIOCore
import NIOHTTP1
import NIOPosix
import RedisAdapter
import ServiceLifecycle
import SocketIO
import SocketServer

// The examples in the comments of public declarations, to be compiled. Nothing here is called.

/// Of the lower modules.
struct LowerModuleSamples {
    // swift-format-ignore: DoNotUseSemicolons
    struct Say: Codable { var room: String; var text: String }

    func limits(_ request: inout ClientRequest, user: User, socket: Socket) {
        let limit = RateLimit(perSecond: 100, burst: 200)
        print(limit)
        request.values[User.self] = user  // in a hook
        let name = socket.handshake.values[User.self]?.name  // in a handler
        print(name ?? "")
    }

    func arguments(_ event: Event) throws {
        let arguments: Arguments = [1, "two", ["three": true]]
        let second = arguments[1]?.string  // "two"
        let absent = arguments[3]  // nil
        print(second ?? "", absent ?? nil)
    }

    func encoding() throws -> Arguments {
        let arguments = try Arguments(encoding: Say(room: "lobby", text: "Hello"), 2)
        return arguments
    }

    func decoding(_ event: Event) throws {
        let (say, stars) = try event.arguments.decode(Say.self, Int?.self)
        print(say, stars ?? 0)
    }

    func decoder() throws {
        // swift-format-ignore: DoNotUseSemicolons
        struct Say: Decodable { var room: String; var text: String }
        let say = try ValueDecoder().decode(Say.self, from: ["room": "lobby", "text": "Hello"])
        print(say)
    }

    func encoder() throws {
        // swift-format-ignore: DoNotUseSemicolons
        struct Said: Encodable { var text: String; var stars: Int? }
        let value = try ValueEncoder().encode(Said(text: "Hello"))  // {"text": "Hello"}
        print(value)
    }

    func packets(_ bytes: ByteBuffer) throws {
        var decoder = PacketDecoder()
        _ = try decoder.received(.text(ByteBuffer(string: #"51-["photo",{"_placeholder":true,"num":0}]"#)))  // nil
        let packet = try decoder.received(.binary(bytes))  // the event
        print(packet as Any)
    }

    struct Member {
        func received(_ name: EventName, _ arguments: Arguments, _ id: Int?) {}
        func acknowledged(_ id: Int, _ arguments: Arguments) {}
        func end() {}
    }

    func connection(_ connection: inout Connection<Member>, _ packet: SocketIO.Packet) {
        func decide(_ namespace: String, _ payload: Value) {}
        func refuse(_ namespace: String, _ message: String) {}
        func close(_ violation: Connection<Member>.Violation) {}
        switch connection.received(packet) {
        case .join(let namespace, let payload): decide(namespace, payload)  // then joined(_:as:) or refused(_:)
        case .event(let socket, let name, let arguments, let id): socket.received(name, arguments, id)
        case .acknowledgement(let socket, let id, let arguments): socket.acknowledged(id, arguments)
        case .leave(let socket): socket.end()  // it is no member any more
        case .refuse(let namespace, let message): refuse(namespace, message)  // with CONNECT_ERROR
        case .ignore: break
        case .close(let violation): close(violation)  // the session
        }
    }

    func matchmaker(policy: MatchPolicy, loop: any EventLoop) {
        let matchmaker = InProcessMatchmaker(policy: policy) { delay, body in
            loop.scheduleTask(in: .init(delay), body)
        }
        print(matchmaker)
    }

    func limiter(refuse: (Duration) -> Void) async {
        let limiter = InProcessRateLimiter()
        let quota = RateQuota(burst: 3, refill: .seconds(300))
        if case .limited(let wait) = await limiter.take(1, from: "support/login/203.0.113.7", quota) { refuse(wait) }
    }

    func allowances(
        limiter: any RateLimiter, membership: NodeMembership, account: String, refuse: () -> Void
    ) {
        let quota = RateQuota(burst: 100, refill: .milliseconds(50))
        let allowances = RateAllowances("meet/message", quota, limiter: limiter) { membership.liveNodes.count }
        let allowance = allowances.allowance(of: account)  // to be kept with the socket
        if !allowance.take() { refuse() }
    }

    func journal(_ event: Arguments, at now: Duration) {
        var journal = RecoveryJournal(maxPackets: 1000, maxBytes: 1 << 20)
        let number = journal.append(event, in: "/", to: BroadcastOptions(rooms: ["news"]), at: now)
        let missed = journal.missed(after: number - 1, in: "/", by: ["<socket id>", "news"])  // [that event]
        print(missed as Any)
    }

    func rooms() {
        var index = RoomIndex()
        let ann = index.insert(id: "a")
        index.join(ann, "news")
        let selected = index.select(BroadcastOptions(rooms: ["news"]))  // [ann]
        print(selected)
    }

    func redis(loop: any EventLoop, logger: Logger) async throws {
        // swift-format-ignore
        let redis = RedisClient(configuration: try RedisConfiguration(url: "redis://127.0.0.1:6379/0"), loop: loop, logger: logger)
        // redis.run() is a child task or a member of a ServiceGroup
        try await redis.waitUntilConnected(within: .seconds(5))
        let reply = try await redis.command(["GET", "key"])
        print(reply)
    }
}

/// Of `EngineServer`.
struct EngineServerDocstringSamples {
    func server(engine: Engine, group: MultiThreadedEventLoopGroup, logger: Logger) async throws {
        let server = HTTPServer(
            listener: "meet", host: "127.0.0.1", port: 3001, mounts: [.engine(path: "/socket.io/", engine)],
            responder: nil, group: group, logger: logger)
        try await server.run()
    }

    func listener() throws {
        var listener = ListenerConfiguration(name: "chat", address: .tcp(host: "0.0.0.0", port: 443))
        listener.tls = try TLSIdentity(certificateFile: "chain.pem", keyFile: "key.pem")
    }

    func identity(_ listener: inout ListenerConfiguration) throws {
        let identity = try TLSIdentity(certificateFile: "chain.pem", keyFile: "key.pem")
        listener.tls = identity
        // after the files were renewed:
        try identity.reload()
    }

    func hooks(users: Users) {
        var configuration = EngineConfiguration()
        configuration.hooks.use { request in
            request.responseHeaders.add(name: "x-content-type-options", value: "nosniff")
            return nil
        }
        configuration.hooks.allowRequest = { request in
            guard let user = try await users.find(token: request.cookie("token")) else {
                throw RequestRefusal("token missing or unknown")
            }
            request.values[User.self] = user
        }
    }
}
