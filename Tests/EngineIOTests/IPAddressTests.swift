import NIOCore
import Testing

@testable import EngineIO

@Suite("IP address")
struct IPAddressTests {
    @Test(
        "reads every spelling and writes the recommended one",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
            ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("2001:DB8:0:0:8:800:200C:417A", "2001:db8::8:800:200c:417a"),
            ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
            ("2001:db8::1:0:0:1", "2001:db8::1:0:0:1"), ("::ffff:192.0.2.1", "192.0.2.1"),
            ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"), ("1:2:3:4:5:6:7.8.9.10", "1:2:3:4:5:6:708:90a"),
            ("fe80::1%eth0", "fe80::1"), ("0001:0002::0008", "1:2::8"), ("::ffff:0:0", "0.0.0.0"),
        ])
    func spellings(text: String, written: String) throws {
        #expect(try #require(IPAddress(text)).description == written)
    }

    @Test(
        "refuses everything else",
        arguments: [
            "", "1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.+4", " 1.2.3.4", "1.2.3.4:80", "1..2.3",
            ":", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::8:9", "12345::", "g::", "-1::",
            "+1::", "::1.2.3", "1.2.3.4::", "[::1]", "::1:", ":1::", "unknown", String(repeating: "1:", count: 40),
        ])
    func refusals(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test("agrees with the system about addresses of all kinds")
    func system() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            // Halves with many zeros, so that gaps are of every length and place.
            let (high, low) = (random.next() & random.next() & random.next(), random.next() & random.next())
            let mask = UInt64.max << UInt64.random(in: 0...63)
            let address = IPAddress(high: high & mask, low: low & ~mask)
            let packed = ByteBuffer(integer: high & mask) + ByteBuffer(integer: low & ~mask)
            let text = try #require(SocketAddress(packedIPAddress: packed, port: 0).ipAddress)
            #expect(IPAddress(text) == address)
            // The system writes the deprecated IPv4-compatible form with dots.
            if high & mask != 0 { #expect(address.description == text) }
            #expect(IPAddress(address.description) == address)
        }
    }

    @Test("what a customer has is one IPv4 address, or the first half of an IPv6 address")
    func sites() {
        #expect(IPAddress("192.0.2.1")?.site == IPAddress("::ffff:192.0.2.1"))
        #expect(IPAddress("192.0.2.1")?.site != IPAddress("192.0.2.2")?.site)
        #expect(IPAddress("2001:db8::1")?.site == IPAddress("2001:db8::ffff:0:0:1")?.site)
        #expect(IPAddress("2001:db8::1")?.site != IPAddress("2001:db8:0:1::1")?.site)
    }

    @Test(
        "is found in forwarding entries with and without port",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("192.0.2.1:4711", "192.0.2.1"), ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"), ("[2001:db8::1]:4711", "2001:db8::1"), ("unknown", nil), ("_hidden", nil),
            ("", nil), ("[::1", nil), ("[::1]x", nil), ("[::1]:", nil), ("192.0.2.1:", nil), ("192.0.2.1:x", nil),
            ("example.org:80", nil), ("2001:db8::1:123456", nil), ("[]", nil), ("192.0.2.1:1234567", nil),
        ])
    func forwarded(entry: String, address: String?) {
        #expect(ForwardedEntry.address(of: entry)?.description == address)
    }
}

private func + (left: ByteBuffer, right: ByteBuffer) -> ByteBuffer {
    var buffer = left
    buffer.writeImmutableBuffer(right)
    return buffer
}
