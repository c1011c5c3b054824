import NIOCore
import Testing

@testable import EngineIO

@Suite("PROXY protocol")
struct ProxyHeaderTests {
    private static let signature: [UInt8] = Array("\r\n\r\n\0\r\nQUIT\n".utf8)
    private static let ipv4: [UInt8] = [192, 0, 2, 1, 192, 0, 2, 2, 0, 1, 0, 2]
    private static let ipv6 = [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 31) + [1]

    private static func binary(_ command: UInt8, _ family: UInt8, _ block: [UInt8]) -> [UInt8] {
        signature + [command, family, UInt8(block.count >> 8), UInt8(block.count & 0xFF)] + block
    }

    private static func text(_ text: String) -> [UInt8] { Array(text.utf8) }

    private func read(_ bytes: [UInt8]) throws -> (header: ProxyHeader?, rest: Int) {
        var buffer = ByteBuffer(bytes: bytes)
        let header = try ProxyHeader.read(from: &buffer)
        return (header, buffer.readableBytes)
    }

    static let headers: [([UInt8], ProxyHeader.Client?)] = [
        (text("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n"), .init(address: "192.0.2.1")),
        (text("PROXY TCP6 2001:DB8::1 ::1 65535 0\r\n"), .init(address: "2001:db8::1")),
        (text("PROXY UNKNOWN\r\n"), nil),
        (text("PROXY UNKNOWN ffff:f...f:ffff ::1 65535 65535\r\n"), nil),
        (binary(0x20, 0x00, []), nil),
        (binary(0x20, 0xFF, [1, 2, 3]), nil),
        (binary(0x21, 0x00, [1]), nil),
        (binary(0x21, 0x11, ipv4), .init(address: "192.0.2.1")),
        (binary(0x21, 0x12, ipv4), .init(address: "192.0.2.1")),
        (binary(0x21, 0x21, ipv6), .init(address: "2001:db8::")),
        (binary(0x21, 0x31, [UInt8](repeating: 0, count: 216)), .init(address: "")),
        (
            binary(0x21, 0x11, ipv4 + [0x04, 0, 0, 0x20, 0, 6, 1, 0, 0, 0, 0, 9]),
            .init(address: "192.0.2.1", isSecure: true)
        ),
        (binary(0x21, 0x11, ipv4 + [0x20, 0, 5, 2, 0, 0, 0, 0]), .init(address: "192.0.2.1")),
        (
            binary(0x21, 0x11, ipv4 + [0x30, 0x3F, 0] + [UInt8](repeating: 7, count: 0x3F00)),
            .init(address: "192.0.2.1")
        ),
    ]

    @Test("tells who the client is, and leaves what follows alone", arguments: headers)
    func forms(bytes: [UInt8], client: ProxyHeader.Client?) throws {
        let (header, rest) = try read(bytes + Self.text("GET"))
        #expect(header == ProxyHeader(client: client))
        #expect(rest == 3)
    }

    @Test("waits for more bytes wherever it is cut", arguments: headers)
    func pieces(bytes: [UInt8], client: ProxyHeader.Client?) throws {
        for count in stride(from: 0, to: bytes.count, by: bytes.count > 300 ? 97 : 1) {
            let (header, rest) = try read(Array(bytes[..<count]))
            #expect(header == nil && rest == count)
        }
    }

    @Test(
        "refuses what no further byte can make right",
        arguments: [
            text("G"), text("PROXI"), text("\r\n\r\r"), text("PROXY TCP4\r\n"),
            text("PROXY TCP4 1.1.1.1 1.1.1.1 1\r\n"),
            text("PROXY TCP4 ::1 ::1 1 2\r\n"), text("PROXY TCP6 1.1.1.1 1.1.1.1 1 2\r\n"),
            text("PROXY TCP6 ::1 1.1.1.1 1 2\r\n"), text("PROXY UDP4 1.1.1.1 1.1.1.1 1 2\r\n"),
            text("PROXY TCP4 1.1.1.1 1.1.1.1 1 65536\r\n"), text("PROXY TCP4 1.1.1.1 1.1.1.1 -1 2\r\n"),
            text("PROXY TCP4  1.1.1.1 1.1.1.1 1 2\r\n"), text("PROXY TCP4 1.1.1.1 1.1.1.1 1 2\rx"),
            text("PROXY TCP4 1.1.1.1 1.1.1.1 1 2 3\r\n"), text("PROXY \r\n"),
            text("PROXY UNKNOWN" + String(repeating: " ", count: 94)),
            signature + [0x11], signature + [0x22], signature + [0x21, 0x11, 0x40, 0x00],
            binary(0x21, 0x11, Array(ipv4.dropLast())), binary(0x21, 0x21, ipv4), binary(0x21, 0x41, ipv4),
            binary(0x21, 0x11, ipv4 + [0x04]), binary(0x21, 0x11, ipv4 + [0x04, 0, 2, 1]),
            binary(0x21, 0x11, ipv4 + [0x20, 0, 1, 1]),
        ])
    func malformed(bytes: [UInt8]) {
        #expect(throws: ProxyHeader.Malformed.self) { try read(bytes) }
    }

    @Test("no bytes make it trap, and a header is never longer than its limit")
    func noise() {
        var random = SystemRandomNumberGenerator()
        for round in 0..<20_000 {
            var bytes = Self.headers[round % Self.headers.count].0
            for _ in 0...Int.random(in: 0...3) {
                bytes[Int.random(in: 0..<min(bytes.count, 60))] = UInt8.random(in: 0...255, using: &random)
            }
            var buffer = ByteBuffer(bytes: bytes)
            let header = try? ProxyHeader.read(from: &buffer)
            #expect(header == nil || bytes.count - buffer.readableBytes <= ProxyHeader.maxSize)
        }
    }
}
