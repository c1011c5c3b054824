import EngineIO
import Glibc
import NIOCore

/// Reads the header of a proxy in front, and the same bytes as an address and as an entry of `X-Forwarded-For`.
///
/// However the header is split, the same comes of it; addresses are those that the C library reads.
func fuzzProxyHeader(_ input: ByteBuffer) throws {
    var whole = input
    let header = try? ProxyHeader.read(from: &whole)
    if let header {
        try check(
            input.readableBytes - whole.readableBytes <= ProxyHeader.maxSize, "a header is no longer than allowed")
        try check(whole.readableBytes < input.readableBytes, "a header is taken off")
        if let address = header.client?.address {
            try check(address.isEmpty || IPAddress(address)?.description == address, "an address has one text")
        }
    }
    try checkSplitting(input, header, rest: whole)
    try checkAddress(String(buffer: input))
}

private func checkSplitting(_ input: ByteBuffer, _ header: ProxyHeader?, rest: ByteBuffer) throws {
    var read = ByteBuffer()
    var unread = input
    while let byte = unread.readSlice(length: 1) {
        read.writeImmutableBuffer(byte)
        do {
            guard let found = try ProxyHeader.read(from: &read) else { continue }
            read.writeImmutableBuffer(unread)
            return try check(found == header && read == rest, "splitting changes nothing")
        } catch {
            break
        }
    }
    try check(header == nil, "what comes in pieces is no worse")
}

private func checkAddress(_ text: String) throws {
    if let address = ForwardedEntry.address(of: text) {
        try check(ForwardedEntry.address(of: "[\(address)]:80") == address, "an address may have a port")
    }
    // The C library ends a text at its first zero, and knows no zones here.
    guard !text.utf8.contains(0), !text.contains("%") else { return }
    let address = IPAddress(text)
    try check(address == reference(text), "an address is what the C library reads")
    if let address { try check(IPAddress(address.description) == address, "an address survives writing") }
}

/// The address as `inet_pton` reads it.
private func reference(_ text: String) -> IPAddress? {
    var bytes = [UInt8](repeating: 0, count: 16)
    if inet_pton(AF_INET, text, &bytes) == 1 { return IPAddress(ipv4: UInt32(number(bytes[..<4]))) }
    guard inet_pton(AF_INET6, text, &bytes) == 1 else { return nil }
    return IPAddress(high: number(bytes[..<8]), low: number(bytes[8...]))
}

private func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reduce(0) { $0 << 8 | UInt64($1) }
}
