import NIOCore
import SocketIO

/// Decodes MessagePack; what is accepted must survive encoding and decoding.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzMessagePack(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = ByteBuffer(bytes: UnsafeBufferPointer(start: start, count: count))
    guard let value = try? Value(messagePack: bytes) else { return 0 }
    var written = ByteBuffer()
    value.writeMessagePack(to: &written)
    guard let again = try? Value(messagePack: written) else { preconditionFailure("unreadable MessagePack written") }
    precondition(again == value)
    return 0
}
