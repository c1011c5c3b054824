/// What stands before a packet's payload: `<type>[<attachments>-][<namespace>,][<acknowledgement id>]`.
///
/// Source: Socket.IO protocol v5, packet encoding.
struct PacketHeader {
    let kind: Packet.Kind
    /// Number of binary messages that follow.
    let attachmentCount: Int
    /// The namespace as the client names it; those of protocol 4 may append a query string.
    let namespace: String
    let acknowledgementID: Int?
    /// Where the payload begins.
    let length: Int

    init(_ bytes: RawSpan, limits: PacketDecoder.Limits) throws(PacketError) {
        guard bytes.hasDigit(at: 0), let kind = Packet.Kind(rawValue: bytes.byte(at: 0) - .zero) else {
            throw .unknownType
        }
        var offset = 1
        self.kind = kind
        attachmentCount = kind.isBinary ? try Self.attachments(bytes, &offset, limits: limits) : 0
        namespace = try Self.namespace(bytes, &offset, limits: limits)
        acknowledgementID = try Self.acknowledgementID(bytes, &offset)
        length = offset
    }

    private static func attachments(
        _ bytes: RawSpan, _ offset: inout Int, limits: PacketDecoder.Limits
    ) throws(PacketError) -> Int {
        guard bytes.hasDigit(at: offset) else { throw .illegalAttachmentCount }
        var count = 0
        while bytes.hasDigit(at: offset) {
            count = count * 10 + Int(bytes.byte(at: offset) - .zero)
            guard count <= limits.maxAttachments else { throw .tooManyAttachments }
            offset += 1
        }
        guard bytes.hasByte(.minus, at: offset) else { throw .illegalAttachmentCount }
        offset += 1
        return count
    }

    private static func namespace(
        _ bytes: RawSpan, _ offset: inout Int, limits: PacketDecoder.Limits
    ) throws(PacketError) -> String {
        guard bytes.hasByte(.slash, at: offset) else { return "/" }
        let start = offset
        while offset < bytes.byteCount, bytes.byte(at: offset) != .comma {
            offset += 1
            guard offset - start <= limits.maxNamespaceLength else { throw .namespaceTooLong }
        }
        let end = offset
        if offset < bytes.byteCount { offset += 1 }
        return end - start == 1 ? "/" : bytes.string(start..<end)
    }

    private static func acknowledgementID(_ bytes: RawSpan, _ offset: inout Int) throws(PacketError) -> Int? {
        guard bytes.hasDigit(at: offset) else { return nil }
        var id = 0
        while bytes.hasDigit(at: offset) {
            id = id * 10 + Int(bytes.byte(at: offset) - .zero)
            // JavaScript's largest number up to which all integers are exact.
            guard id <= 1 << 53 else { throw .illegalAcknowledgementID }
            offset += 1
        }
        return id
    }
}
