import EngineIO
import NIOCore

/// Feeds what a connection begins with to the reader of PROXY headers, at once and byte by byte: both must agree, and what
/// is named as an address must be one.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzProxyHeader(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = ByteBuffer(bytes: UnsafeBufferPointer(start: start, count: count))
    var whole = bytes
    let header = try? ProxyHeader.read(from: &whole)
    precondition(bytes.readableBytes - whole.readableBytes <= ProxyHeader.maxSize)
    if let address = header?.client?.address, !address.isEmpty {
        precondition(IPAddress(address)?.description == address)
    }
    var received = ByteBuffer()
    for byte in bytes.readableBytesView {
        received.writeInteger(byte)
        var rest = received
        do {
            guard let early = try ProxyHeader.read(from: &rest) else { continue }
            precondition(early == header && rest.readableBytes == 0)
        } catch {
            precondition(header == nil)
        }
        break
    }
    _ = ForwardedEntry.address(of: String(buffer: bytes))
    return 0
}
