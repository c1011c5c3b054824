import Foundation
import Glibc
import Testing

@testable import Launch

@Suite("Service manager")
struct ServiceManagerTests {
    /// A datagram socket with a name, as systemd has it.
    private func receive(at name: String, _ body: () -> Void) throws -> String {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = name.utf8.map { $0 == UInt8(ascii: "@") ? 0 : $0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = MemoryLayout<sa_family_t>.size + bytes.count + (bytes.first == 0 ? 0 : 1)
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(length)) }
        }
        try #require(isBound == 0)
        body()
        var buffer = [UInt8](repeating: 0, count: 100)
        let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        return String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self)
    }

    @Test("it is told by one datagram, at a path or an abstract name")
    func datagrams() throws {
        let name = "switchboard-\(UUID().uuidString)"
        let path = FileManager.default.temporaryDirectory.appending(path: name).path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let state = ServiceManager.State.ready.rawValue
        #expect(try receive(at: path) { ServiceManager.send(state, to: path) } == "READY=1")
        #expect(try receive(at: "@" + name) { ServiceManager.send(state, to: "@" + name) } == "READY=1")
    }

    @Test("names that cannot be are passed over", arguments: ["", "/nonexistent", String(repeating: "a", count: 200)])
    func impossible(name: String) {
        ServiceManager.send("READY=1", to: name)
    }
}
