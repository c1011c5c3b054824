import Adapter
import Cluster
import EngineIO
import Logging
import NIOCore
import NIOPosix
import SocketIO
import SocketServer
import Synchronization
import TestSupport
import Testing

@testable import Support

/// Two nodes with the support chat, which share a store and a bus. On loops with threads: middleware needs tasks.
private struct Nodes {
    let store = MemoryStore()
    let clock = Clock()
    let nodes: [Node]

    /// Time that passes when a test says so.
    final class Clock: Sendable {
        let now = Mutex(Tokens.now)
    }

    struct Node: Sendable {
        let loop: any EventLoop
        let server: Server
        let application: SupportApplication
    }

    init(_ change: (inout SupportConfiguration) -> Void = { _ in }) async throws {
        var configuration = SupportConfiguration()
        configuration.secrets = [Tokens.secret]
        change(&configuration)
        let bus = InProcessBus()
        var nodes: [Node] = []
        for name in ["node_1", "node_2"] {
            let loop = NIOSingletons.posixEventLoopGroup.next()
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let server = Server(
                nodeTag: try #require(NodeTag(name)), loops: [loop], adapters: ClassicAdapterFactory(bus: bus),
                logger: logger)
            let application = await SupportApplication(
                configuration: configuration, messages: store, accounts: store, limiter: InProcessRateLimiter(),
                loop: loop, now: { [clock] in clock.now.withLock { $0 } }, logger: logger)
            for namespace in [server.mainNamespace(of: "support"), server.namespace("/soporte")] {
                application.attach(to: namespace)
            }
            nodes.append(Node(loop: loop, server: server, application: application))
        }
        self.nodes = nodes
    }

    /// Opens a session and connects.
    func client(
        _ user: String, role: String = "user", node: Int = 0, namespace: String = "", auth: String = "",
        _ change: (inout Tokens.Claims) -> Void = { _ in }
    ) async throws -> Client {
        let token = try await Tokens.token {
            ($0.user, $0.rol) = (user, role)
            change(&$0)
        }
        let (loop, server) = (nodes[node].loop, nodes[node].server)
        let session = try await loop.submit {
            let session = FakeSession(shard: 0, headers: [("cookie", "token=\(token)")])
            session.handler = server.acceptor(for: "support").opened(session)
            session.handler?.received(.text(ByteBuffer(string: "0" + namespace + auth)))
            return NIOLoopBound(session, eventLoop: loop)
        }.get()
        let client = Client(bound: session, prefix: namespace)
        try #require(await client.receives("0" + namespace + #"{"sid":"#))
        return client
    }

    func admin(_ user: String = "admin", node: Int = 0, namespace: String = "", auth: String = "") async throws
        -> Client
    {
        try await client(user, role: "admin", node: node, namespace: namespace, auth: auth)
    }
}

private struct Client: Sendable {
    let bound: NIOLoopBound<FakeSession>
    let prefix: String

    func send(_ packet: String) async throws {
        try await bound.eventLoop.submit {
            bound.value.handler?.received(.text(ByteBuffer(string: packet)))
        }.get()
    }

    /// Sends a message and waits for the acknowledgement.
    func write(_ text: String, to recipient: String, clientID: String? = nil) async throws -> String {
        let extra = clientID.map { #","idCliente":"\#($0)""# } ?? ""
        try await send("2\(prefix)7" + #"["mensaje_privado",{"para":"\#(recipient)","mensaje":"\#(text)"\#(extra)}]"#)
        try #require(await receives("3\(prefix)7"))
        return try await bound.eventLoop.submit { [bound, prefix] in
            guard let index = bound.value.sent.firstIndex(where: { $0.hasPrefix("3\(prefix)7") }) else { return "" }
            return String(bound.value.sent.remove(at: index).dropFirst(prefix.count + 2))
        }.get()
    }

    /// Waits for a packet of this beginning.
    func receives(_ start: String) async -> Bool {
        await eventually { (try? await sent().contains { $0.hasPrefix(start) }) == true }
    }

    func sent() async throws -> [String] { try await bound.eventLoop.submit { bound.value.sent }.get() }

    /// Texts of the messages that came as some event, in their order.
    func texts(_ event: String = "mensaje_recibido") async throws -> [String] {
        try await sent().filter { $0.hasPrefix(#"2\#(prefix)["\#(event)""#) }.map {
            String($0.components(after: #""mensaje":""#).prefix { $0 != "\"" })
        }
    }
}

extension String {
    fileprivate func components(after text: String) -> Substring {
        range(of: text).map { self[$0.upperBound...] } ?? ""
    }

    private func range(of text: String) -> Range<Index>? { ranges(of: text).first }
}

@Suite("The support chat on two nodes", .timeLimit(.minutes(1)))
struct SupportApplicationTests {
    @Test("Items 124, 129 and 138: from a user to the desk, over both namespaces and both nodes, each once")
    func toTheDesk() async throws {
        let nodes = try await Nodes()
        let (ana, tab) = (try await nodes.client("Ana"), try await nodes.client("ana", node: 1, namespace: "/soporte,"))
        let admins = [
            try await nodes.admin(), try await nodes.admin("Eva", node: 1),
            try await nodes.admin("Eva", node: 1, namespace: "/soporte,"),
        ]
        let answer = #"[{"ok":true,"id":1,"fecha":"2027-01-15T08:00:00.001Z"}]"#
        #expect(try await ana.write("hola", to: "admin", clientID: "c") == answer)
        let fields = #""mensaje":"hola","para":"admin","id":1,"fecha":"2027-01-15T08:00:00.001Z""#
        for admin in admins {
            #expect(await admin.receives(#"2\#(admin.prefix)["mensaje_recibido",{"de":"Ana",\#(fields)}]"#))
        }
        #expect(await tab.receives(#"2/soporte,["mensaje_enviado",{"para":"admin","mensaje":"hola","id":1"#))
        // Repeated, it is stored and delivered no second time.
        #expect(try await ana.write("hola", to: "admin", clientID: "c") == answer)
        _ = try await ana.write("fin", to: "admin")
        for admin in admins {
            #expect(await eventually { (try? await admin.texts()) == ["hola", "fin"] })
        }
        #expect(try await ana.texts() == [])
    }

    @Test("Items 139 and 140: what is not stored is seen by nobody, and it works again afterwards")
    func storeAway() async throws {
        let nodes = try await Nodes()
        let (ana, admin) = (try await nodes.client("Ana"), try await nodes.admin(node: 1))
        nodes.store.cutOff(true)
        #expect(try await ana.write("perdido", to: "admin").hasPrefix(#"[{"ok":false,"codigo":"no_guardado""#))
        nodes.store.cutOff(false)
        #expect(try await ana.write("guardado", to: "admin").hasPrefix(#"[{"ok":true"#))
        #expect(await eventually { (try? await admin.texts()) == ["guardado"] })
        #expect(nodes.nodes[0].application.metrics.refused == [.notStored: 1])
    }

    @Test("Items 128, 141 and 148: who may write to whom, and how fast")
    func refusals() async throws {
        let nodes = try await Nodes {
            $0.userToUser = false
            $0.messageRate = RateQuota(burst: 2, refill: .seconds(3_600))
        }
        let ana = try await nodes.client("Ana")
        #expect(try await ana.write("x", to: "nadie").contains("destino_desconocido"))
        #expect(try await ana.write("x", to: "Berta").contains("destino_no_permitido"))
        #expect(try await ana.write("x", to: "EVA").contains(#""ok":true"#))
        #expect(try await ana.write("x", to: "ANA").contains(#""ok":true"#))
        #expect(try await ana.write("x", to: "admin").contains("demasiados_mensajes"))
        try await ana.send(#"28["otro_evento"]"#)
        #expect(await ana.receives(#"38[{"ok":false,"codigo":"datos_invalidos""#))
        #expect(try await nodes.store.messages(of: "ana", HistoryPage(limit: 9)).map(\.recipient) == ["Eva", "Ana"])
    }

    @Test("Item 147: both sides write at the same time on two nodes; everybody sees the order of the ids")
    func order() async throws {
        let nodes = try await Nodes { $0.messageRate = nil }
        let (ana, admin) = (try await nodes.client("Ana"), try await nodes.admin(node: 1))
        let watchers = [
            try await nodes.client("Ana", node: 1), try await nodes.admin("Eva", node: 0),
        ]
        let count = 200
        async let first: Void = { for n in 0..<count { _ = try await ana.write("a\(n)", to: "admin") } }()
        async let second: Void = { for n in 0..<count { _ = try await admin.write("b\(n)", to: "Ana") } }()
        _ = try await (first, second)
        let stored = try await nodes.store.messages(of: "Ana", HistoryPage(limit: 1_000)).map(\.id)
        #expect(stored.count == 2 * count)
        for watcher in watchers {
            #expect(await eventually { (try? await Self.ids(watcher).count) == 2 * count })
            #expect(try await Self.ids(watcher) == stored)
        }
    }

    private static func ids(_ client: Client) async throws -> [Int64] {
        try await client.sent().filter { $0.hasPrefix(#"2["mensaje_"#) }.compactMap {
            Int64($0.components(after: #""id":"#).prefix { $0.isNumber })
        }
    }

    @Test("Item 123: a logout ends the sockets of its login, a change of role those of the account, on all nodes")
    func endings() async throws {
        let nodes = try await Nodes()
        let here = try await nodes.client("Ana") { $0.jti = "s1" }
        let there = try await nodes.client("Ana", node: 1, namespace: "/soporte,") { $0.jti = "s1" }
        let other = try await nodes.client("Ana", node: 1) { $0.jti = "s2" }
        nodes.nodes[0].application.endSession("s1")
        for client in [here, there] {
            #expect(await client.receives("1" + client.prefix))
            #expect(
                try await client.sent().suffix(2) == [
                    #"2\#(client.prefix)["sesion_caducada",{}]"#, "1" + client.prefix,
                ])
        }
        #expect(try await other.write("sigo", to: "admin").contains(#""ok":true"#))
        nodes.nodes[0].application.endSessions(of: "Ana")
        #expect(await other.receives("1"))
    }

    @Test("Item 122: when the token expires, the client is told and disconnected")
    func expiry() async throws {
        let nodes = try await Nodes()
        let client = try await nodes.client("Ana") { $0.exp = Tokens.now + 0.02 }
        // The socket's timer looks at the clock, which stands still, again and again.
        #expect(try await client.write("x", to: "admin").contains(#""ok":true"#))
        nodes.clock.now.withLock { $0 += 1 }
        #expect(await client.receives("1"))
        #expect(try await client.sent().suffix(2) == [#"2["sesion_caducada",{}]"#, "1"])
    }

    @Test("Items 163 and 164: who says what it knows gets the rest, administrators of all conversations")
    func catchingUp() async throws {
        let nodes = try await Nodes { $0.catchUpLimit = 3 }
        let (ana, berta) = (try await nodes.client("Ana"), try await nodes.client("berta", node: 1))
        for n in 1...3 { _ = try await ana.write("a\(n)", to: "admin") }
        _ = try await berta.write("b4", to: "admin")
        let back = try await nodes.client("Ana", node: 1, auth: #"{"ultimoId":1}"#)
        #expect(
            await back.receives(#"2["sincronizacion",{"mensajes":[{"de":"Ana","para":"admin","mensaje":"a2","id":2"#))
        #expect(
            try await back.sent().contains {
                $0.hasSuffix(#""mensaje":"a3","id":3,"fecha":"2027-01-15T08:00:00.003Z"}],"completa":true}]"#)
            })
        let admin = try await nodes.admin(auth: #"{"ultimoId":"0"}"#)
        #expect(await admin.receives(#"2["sincronizacion""#))
        #expect(try await admin.sent().contains { $0.contains(#""id":3"#) && $0.hasSuffix(#""completa":false}]"#) })
        nodes.store.cutOff(true)
        let cut = try await nodes.client("Ana", auth: #"{"ultimoId":1}"#)
        #expect(await cut.receives(#"2["sincronizacion",{"mensajes":[],"completa":false}]"#))
    }

    @Test("old messages go, once in the cluster")
    func retention() async throws {
        let nodes = try await Nodes { $0.retention = .milliseconds(-2) }
        let ana = try await nodes.client("Ana")
        for n in 1...3 { _ = try await ana.write("a\(n)", to: "admin") }
        await nodes.nodes[0].application.removeOldMessages()
        #expect(try await nodes.store.messages(of: "ana", HistoryPage(limit: 9)).map(\.id) == [2, 3])
        #expect(nodes.nodes[0].application.metrics.removed == 1)
    }
}

@Suite("Settings of the support chat")
struct SupportConfigurationTests {
    @Test("what cannot work is named")
    func problems() throws {
        let cases: [(String, (inout SupportConfiguration) -> Void)] = [
            ("JWT secret is missing", { $0.secrets = [] }), ("JWT secret must", { $0.secrets = ["short"] }),
            ("cookie must", { $0.cookie.name = "a b" }), ("desk account must", { $0.deskAccount = "" }),
            ("text limit must", { $0.maxText = 65_536 }), ("catch-up limit must", { $0.catchUpLimit = 0 }),
            ("order wait must", { $0.orderWait = .seconds(11) }), ("retention must", { $0.retention = .zero }),
        ]
        var configuration = SupportConfiguration()
        configuration.secrets = [Tokens.secret]
        try configuration.validate()
        for (start, change) in cases {
            var changed = configuration
            change(&changed)
            let error = #expect(throws: SupportConfigurationError.self) { try changed.validate() }
            #expect(error?.description.hasPrefix(start) == true, "\(start)")
        }
    }
}
