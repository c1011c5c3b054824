import EngineIO
import NIOCore
import SocketIO
import SocketServer
import TestSupport
import Testing

@Suite("Namespaces made on demand", .timeLimit(.minutes(1)))
struct DynamicNamespaceTests {
    @Test("a client makes a namespace by joining it; handlers and middleware are the parent's, parameters its own")
    func pattern() throws {
        let fixture = try Fixture()
        let (notes, made) = (Notes(), Notes())
        fixture.server.onNewNamespace { made.add("\($0.name) \($0.parameters)") }
        let tenants = fixture.server.namespaces(matching: "/tenant-:id")
        tenants.onConnection { notes.add("\($0.namespace.name) \($0.namespace.parameters["id"] ?? "-")") }
        tenants.on("where") { $0.acknowledge(.string($0.socket.namespace.name)) }
        let client = fixture.client("0/tenant-7,", "0/tenant-8,", "0/other,")
        try client.takeID("/tenant-7")
        try client.takeID("/tenant-8")
        #expect(client.received() == [#"4/other,{"message":"Invalid namespace"}"#])
        client.send(#"2/tenant-8,1["where"]"#)
        #expect(client.received() == [#"3/tenant-8,1["/tenant-8"]"#])
        #expect(notes.all == ["/tenant-7 7", "/tenant-8 8"])
        #expect(made.all == [#"/tenant-7 ["id": "7"]"#, #"/tenant-8 ["id": "8"]"#])
        #expect(fixture.adapter.takeCalls() == ["start /", "start /tenant-7", "start /tenant-8"])
        #expect(tenants.name == "/tenant-:id" && tenants.localSocketCount == 2)
    }

    @Test("the application gets the same namespace by its name, or makes it with the parent's handlers")
    func byName() throws {
        let fixture = try Fixture()
        let tenants = fixture.server.namespaces(matching: "/tenant-:id")
        tenants.on("x") { $0.acknowledge() }
        let seven = fixture.server.namespace("tenant-7")
        #expect(seven.parameters == ["id": "7"])
        let client = fixture.client("0/tenant-7,")
        try client.takeID("/tenant-7")
        #expect(fixture.server.namespace("/tenant-7") === seven)
        client.send(#"2/tenant-7,1["x"]"#)
        seven.emit("hello")
        #expect(client.received() == ["3/tenant-7,1[]", #"2/tenant-7,["hello"]"#])
        #expect(fixture.server.namespace("/plain").parameters.isEmpty)
    }

    @Test("what is sent to the parent reaches the sockets of all its namespaces, also by room and by id")
    func parentBroadcast() throws {
        let fixture = try Fixture()
        let tenants = fixture.server.namespaces(matching: "/t:id")
        let (ann, bob) = (fixture.client("0/t1,"), fixture.client("0/t2,"))
        try ann.takeID("/t1")
        try bob.takeID("/t2")
        tenants.emit("a")
        tenants.local.emit("b")
        tenants.to(bob.id).emit("c")
        tenants.socketsJoin("r")
        tenants.to("r").except(ann.id).volatile.emit("d")
        tenants.withSocket(ann.id) { $0.emit("e") }
        #expect(ann.received() == [#"2/t1,["a"]"#, #"2/t1,["b"]"#, #"2/t1,["e"]"#])
        #expect(bob.received() == [#"2/t2,["a"]"#, #"2/t2,["b"]"#, #"2/t2,["c"]"#, #"~2/t2,["d"]"#])
        tenants.to(ann.id).disconnectSockets()
        #expect(ann.received() == ["1/t1,"] && bob.received() == [])
    }

    @Test("a namespace goes with its last socket; the next client gets a new one, with a new adapter")
    func cleanup() throws {
        let fixture = try Fixture()
        let tenants = fixture.server.namespaces(matching: "/t:id")
        weak let first = fixture.server.namespace("/t1")
        let (ann, bob) = (fixture.client("0/t1,"), fixture.client("0/t1,"))
        ann.send("1/t1,")
        #expect(tenants.localSocketCount == 1 && first != nil)
        bob.session.close(.transportClose)
        #expect(first == nil)
        _ = fixture.client("0/t1,")
        #expect(tenants.localSocketCount == 1)
        #expect(fixture.adapter.takeCalls() == ["start /", "start /t1", "stop", "start /t1"])
    }

    @Test("one that nobody may join goes at once; without clean-up all stay")
    func refusedAndKept() async throws {
        let adapter = RecordingAdapter()
        try await LiveFixture.run(adapter) { fixture in
            let refusing = fixture.server.namespaces(matching: "/no-:id")
            refusing.use { _ in throw ConnectError("no") }
            let stopped = Notes()
            for shard in 0...1 {
                let client = try await fixture.client(on: shard, "0/no-1,")
                #expect(try await client.next() == #"4/no-1,{"message":"no"}"#)
                #expect(
                    await eventually {
                        for call in adapter.takeCalls() where call == "stop" { stopped.add(call) }
                        return stopped.all.count == shard + 1
                    })
            }
        }
        var configuration = ServerConfiguration()
        configuration.dynamicNamespaces.cleanupEmptyChildNamespaces = false
        let fixture = try Fixture(configuration)
        _ = fixture.server.namespaces(matching: "/t:id")
        fixture.client("0/t1,").send("1/t1,")
        #expect(fixture.adapter.takeCalls() == ["start /", "start /t1"])
    }

    @Test("their number is bounded, and so is the length of a name")
    func limits() throws {
        var configuration = ServerConfiguration()
        configuration.dynamicNamespaces.maxCount = 2
        configuration.dynamicNamespaces.maxNameLength = 3
        let fixture = try Fixture(configuration)
        _ = fixture.server.namespaces(matching: "/*")
        let client = fixture.client("0/t1,", "0/t2,")
        _ = client.received()
        client.send("0/t3,")
        client.send("0/long,")
        #expect(
            client.received() == [
                #"4/t3,{"message":"Too many namespaces on this server"}"#, #"4/long,{"message":"Invalid namespace"}"#,
            ])
        client.send("1/t1,")
        client.send("0/t3,")
        try client.takeID("/t3")
        #expect(client.session.closeReason == nil)
    }

    @Test("a function decides by name, handshake and auth; the first parent that matches takes the client")
    func function() async throws {
        try await LiveFixture.run { fixture in
            let gifted = fixture.server.namespaces { context in
                await Task.yield()
                return context.namespace.hasPrefix("/g") && context.auth["key"]?.string == context.namespace
            }
            gifted.on("which") { $0.acknowledge("function") }
            let plain = fixture.server.namespaces(matching: "/*")
            plain.on("which") { $0.acknowledge("pattern") }
            for (name, auth, expected) in [
                ("/g1", #"{"key":"/g1"}"#, "function"), ("/g2", "", "pattern"), ("/x", "", "pattern"),
                ("/g1", "", "function"),
            ] {
                let client = try await fixture.client(on: 1, "0\(name),\(auth)")
                #expect(try await client.next().hasPrefix("0\(name),{\"sid\""))
                try await client.send("2\(name),1[\"which\"]")
                #expect(try await client.next() == "3\(name),1[\"\(expected)\"]")
                // The first stays, so the last is let in without a question.
                if name != "/g1" { try await client.close(.transportClose) }
            }
        }
    }

    @Test("a function that throws refuses, a session that ends meanwhile leaves nothing behind")
    func functionFails() async throws {
        try await LiveFixture.run { fixture in
            struct Broken: Error {}
            let arrived = Notes()
            let parent = fixture.server.namespaces { context in
                arrived.add(context.namespace)
                switch context.namespace {
                case "/broken": throw Broken()
                case "/told": throw ConnectError("closed today")
                case "/slow": try await Task.sleep(for: .seconds(60))
                default: return false
                }
                return true
            }
            let client = try await fixture.client(on: 0, "0/broken,")
            #expect(try await client.next() == #"4/broken,{"message":"Internal server error"}"#)
            try await client.send("0/told,")
            #expect(try await client.next() == #"4/told,{"message":"closed today"}"#)
            try await client.send("0/none,")
            #expect(try await client.next() == #"4/none,{"message":"Invalid namespace"}"#)
            try await client.send("0/slow,")
            #expect(await eventually { arrived.all.last == "/slow" })
            try await client.close(.transportClose)
            #expect(parent.localSocketCount == 0)
        }
    }

    @Test("joining and leaving at the same moment on two loops: who is in is reached, and in the end nothing is left")
    func races() async throws {
        try await LiveFixture.run { fixture in
            let notes = Notes()
            let parent = fixture.server.namespaces(matching: "/t:id")
            parent.onConnection { socket in
                socket.join("r", orNote: notes)
                socket.namespace.to("r").local.emit("b")
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for shard in 0...1 {
                    group.addTask {
                        for _ in 0..<300 {
                            let client = try await fixture.client(on: shard, "0/t1,")
                            #expect(try await client.next().hasPrefix("0/t1,"))
                            // Reached by its own broadcast: the namespace that it is in is the one that is served.
                            #expect(try await client.next() == #"2/t1,["b"]"#)
                            try await client.close(.transportClose)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(parent.localSocketCount == 0 && notes.all == [])
            #expect(await parent.localRooms().isEmpty)
        }
    }
}

extension Socket {
    fileprivate func join(_ room: String, orNote notes: Notes) {
        do { try join(room) } catch { notes.add("\(error)") }
    }
}
