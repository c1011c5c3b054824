import SocketIO
import Testing

@Suite struct ConnectionTests {
    @Test("A client joins, gets its events and leaves; the session goes on")
    func lifecycle() throws {
        var connection = Connection<String>()
        #expect(try Self.receive(#"0{"token":"t"}"#, &connection) == #"join / {"token":"t"}"#)
        #expect(connection["/"] == nil)
        #expect(connection.joined("/", as: "root") == true)
        #expect(connection["/"] == "root")
        #expect(try Self.receive(#"25["a",1]"#, &connection) == "event root a [1] id 5")
        #expect(try Self.receive("37[2]", &connection) == "ack root 7 [2]")
        #expect(try Self.receive("1", &connection) == "leave root")
        #expect(connection.members.isEmpty)
        #expect(try Self.receive("0", &connection) == "join / {}")
    }

    @Test("Namespaces are independent of each other")
    func namespaces() throws {
        var connection = try Self.joined("/", "/custom")
        #expect(connection.members == ["socket of /", "socket of /custom"])
        #expect(try Self.receive(#"2/custom,["a"]"#, &connection) == "event socket of /custom a []")
        #expect(try Self.receive("1/custom,", &connection) == "leave socket of /custom")
        #expect(try Self.receive(#"2["a"]"#, &connection) == "event socket of / a []")
    }

    @Test(
        "A packet for a namespace that is not joined ends the session", arguments: [#"2/x,["a"]"#, "3/x,1[]", "1/x,"])
    func notJoined(text: String) throws {
        var connection = try Self.joined("/")
        #expect(try Self.receive(text, &connection) == "close notJoined")
        _ = try Self.receive("0/x,", &connection)
        #expect(try Self.receive(text, &connection) == "close notJoined")
    }

    @Test("A second CONNECT ends the session once the namespace is joined, and changes nothing before")
    func secondConnect() throws {
        var connection = Connection<String>()
        _ = try Self.receive("0", &connection)
        #expect(try Self.receive("0", &connection) == "ignore")
        #expect(connection.joined("/", as: "root") == true)
        #expect(try Self.receive("0", &connection) == "close alreadyJoined")
    }

    @Test("CONNECT_ERROR from a client ends the session")
    func connectError() throws {
        var connection = try Self.joined("/")
        #expect(try Self.receive(#"4{"message":"x"}"#, &connection) == "close unexpectedConnectError")
    }

    @Test("A client that was refused may ask again")
    func refused() throws {
        var connection = Connection<String>()
        _ = try Self.receive("0/x,", &connection)
        connection.refused("/x")
        #expect(connection.joined("/x", as: "late") == false)
        #expect(try Self.receive("0/x,", &connection) == "join /x {}")
        #expect(connection.joined("/x", as: "x") == true)
        connection.refused("/x")
        #expect(connection["/x"] == "x")
    }

    @Test("Joining, and about to join, is limited")
    func limit() throws {
        var connection = Connection<String>(namespaceLimit: 2)
        _ = try Self.receive("0/a,", &connection)
        #expect(connection.joined("/a", as: "a") == true)
        _ = try Self.receive("0/b,", &connection)
        #expect(try Self.receive("0/c,", &connection) == "refuse /c Too many namespaces")
        connection.refused("/b")
        #expect(try Self.receive("0/c,", &connection) == "join /c {}")
    }

    @Test("The server ends a membership, or all of them")
    func removal() throws {
        var connection = try Self.joined("/", "/a", "/b")
        #expect(connection.leave("/a") == "socket of /a")
        #expect(connection.leave("/a") == nil)
        #expect(connection.removeAll() == ["socket of /", "socket of /b"])
        #expect(connection.members.isEmpty)
        #expect(connection["/"] == nil)
    }

    static func joined(_ namespaces: String...) throws -> Connection<String> {
        var connection = Connection<String>()
        for namespace in namespaces {
            _ = try receive("0\(namespace),", &connection)
            #expect(connection.joined(namespace, as: "socket of \(namespace)") == true)
        }
        return connection
    }

    /// Decodes a packet and tells in one line what to do.
    static func receive(_ text: String, _ connection: inout Connection<String>) throws -> String {
        switch connection.received(try PacketDecoderTests.decode(text)) {
        case .join(let namespace, let payload): "join \(namespace) \(payload.jsonText)"
        case .refuse(let namespace, let message): "refuse \(namespace) \(message)"
        case .event(let member, let name, let arguments, let id):
            "event \(member) \(name) \(Value.array(arguments.values).jsonText)" + (id.map { " id \($0)" } ?? "")
        case .acknowledgement(let member, let id, let arguments):
            "ack \(member) \(id) \(Value.array(arguments.values).jsonText)"
        case .leave(let member): "leave \(member)"
        case .ignore: "ignore"
        case .close(let violation): "close \(violation)"
        }
    }
}
