public import NIOCore

extension Value {
    /// Decodes one value.
    ///
    /// Lenient, as foreign peers need it: any width of integers and floats; `undefined` (`d4 00 00`) as ``null``; dates
    /// (extension -1, and type 0 of 8 bytes) as strings in the form of JavaScript's `toISOString`, which is what clients
    /// get to see of a date; extension 0 as ``binary(_:)``; unsigned integers beyond 64 bits signed as ``double(_:)``;
    /// integers as map keys. Other extensions are errors.
    /// Source: the MessagePack specification, and the profile of notepack.io that `@socket.io/redis-adapter` uses.
    /// - Parameters:
    ///   - messagePack: the bytes, one value with nothing behind it. Binary content shares them.
    ///   - depthLimit: how deep arrays and maps may nest, 128 by default, 512 at most.
    /// - Throws: ``MessagePackError``. A length that lies costs no memory.
    public init(messagePack: ByteBuffer, depthLimit: Int = 128) throws(MessagePackError) {
        var reader = MessagePackReader(messagePack, depthLimit: min(depthLimit, ContainerStack.capacity))
        self = try reader.readAll()
    }

    /// Appends the value in the profile of notepack.io, byte for byte as a Node.js peer would write it.
    ///
    /// Every number without fraction takes the shortest integer form, others take 64 bits of float.
    /// - Parameter buffer: where the bytes go.
    public func writeMessagePack(to buffer: inout ByteBuffer) {
        switch self {
        case .null: buffer.writeInteger(UInt8(0xC0))
        case .bool(let value): buffer.writeInteger(UInt8(value ? 0xC3 : 0xC2))
        case .int(let value): buffer.writeMessagePack(integer: value)
        case .double(let value): buffer.writeMessagePack(number: value)
        case .string(let value): buffer.writeMessagePack(string: value)
        case .array(let elements):
            buffer.writeMessagePack(arrayCount: elements.count)
            for element in elements { element.writeMessagePack(to: &buffer) }
        case .object(let object):
            buffer.writeMessagePack(mapCount: object.members.count)
            for member in object.members {
                buffer.writeMessagePack(string: member.key)
                member.value.writeMessagePack(to: &buffer)
            }
        case .binary(let bytes):
            buffer.writeMessagePack(binaryHeader: bytes.readableBytes)
            buffer.writeImmutableBuffer(bytes)
        }
    }
}
