import Launch
import Testing

@Suite("Listen addresses")
struct ListenAddressTests {
    @Test(
        "reads and writes the documented forms",
        arguments: [
            ("meet=127.0.0.1:3001", ListenAddress(name: "meet", host: "127.0.0.1", port: 3001)),
            ("localhost:0", ListenAddress(host: "localhost", port: 0)),
            ("[::1]:65535", ListenAddress(host: "::1", port: 65_535)),
            ("a-b_2=[fe80::1]:1", ListenAddress(name: "a-b_2", host: "fe80::1", port: 1)),
            ("meet=unix:/run/a b=c:1.socket", ListenAddress(name: "meet", .unix(path: "/run/a b=c:1.socket"))),
            ("unix:/x", ListenAddress(.unix(path: "/x"))),
        ])
    func forms(text: String, address: ListenAddress) {
        #expect(ListenAddress(text) == address)
        #expect(address.description == text)
    }

    @Test(
        "refuses everything else",
        arguments: [
            "", ":", "meet", "meet=", "=127.0.0.1:1", "host:", ":80", "host:65536", "host:-1", "host:+1", "host:1x",
            "::1:80",
            "[]:80", "me et=host:80", "a=b=host:80", "host:99999999999999999999", "meet=a:1,support=b:2", "unix:",
            "unix:relative", "meet=unix:",
            "unix:/" + String(repeating: "x", count: 103),
        ])
    func refusals(text: String) {
        #expect(ListenAddress(text) == nil)
    }
}
