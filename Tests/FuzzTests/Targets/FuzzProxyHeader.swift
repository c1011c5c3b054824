import EngineIO
import NIOCore

/// Feeds what a connection begins with to the reader of PROXY headers, at once and byte by byte: both must agree, and what
/// is named as an address must be one.
func fuzzProxyHeader(_ input: ByteBuffer) throws {
    var whole = input
    let header = try? ProxyHeader.read(from: &whole)
    try check(input.readableBytes - whole.readableBytes <= ProxyHeader.maxSize, "a header has a bound")
    if let address = header?.client?.address, !address.isEmpty {
        try check(IPAddress(address)?.description == address, "an address is one")
    }
    try checkByteByByte(input, gives: header)
    _ = ForwardedEntry.address(of: String(buffer: input))
}

private func checkByteByByte(_ input: ByteBuffer, gives header: ProxyHeader?) throws {
    var received = ByteBuffer()
    for byte in input.readableBytesView {
        received.writeInteger(byte)
        var rest = received
        do {
            guard let early = try ProxyHeader.read(from: &rest) else { continue }
            try check(early == header && rest.readableBytes == 0, "a header that comes in parts is the same header")
        } catch let error as BrokenProperty {
            throw error
        } catch {
            try check(header == nil, "a header that is refused in parts is refused at once")
        }
        return
    }
}
