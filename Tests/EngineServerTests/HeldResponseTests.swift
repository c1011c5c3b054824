import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import EngineServer

@Suite("Responses at the end of a turn")
struct HeldResponseTests {
    private let loop = EmbeddedEventLoop()
    private let listener = Listener(
        ListenerConfiguration(name: "test", address: .tcp(host: "192.0.2.2", port: 1)), mounts: [], responder: nil,
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })

    /// A connection that has sent a request for something that is not there.
    private func asking(_ field: String = "Host: a") throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(loop: loop)
        listener.accept(channel)
        channel.connect(to: try SocketAddress(ipAddress: "192.0.2.1", port: 1), promise: nil)
        try channel.writeInbound(ByteBuffer(string: "GET / HTTP/1.1\r\n\(field)\r\n\r\n"))
        return channel
    }

    /// The status that a connection was told.
    private func status(_ channel: EmbeddedChannel) throws -> String? {
        try channel.readOutbound(as: ByteBuffer.self).map { String(String(buffer: $0).dropFirst(9).prefix(3)) }
    }

    @Test("leave when every connection has been read")
    func turn() throws {
        let channels = [try asking(), try asking()]
        #expect(try channels.map(status) == [nil, nil])
        loop.run()
        #expect(try channels.map(status) == ["404", "404"])
    }

    @Test("leave before the next request of the connection is answered, and before it is closed")
    func early() throws {
        let channel = try asking()
        try channel.writeInbound(ByteBuffer(string: "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
        #expect(try [status(channel), status(channel)] == ["404", "404"])
    }
}
