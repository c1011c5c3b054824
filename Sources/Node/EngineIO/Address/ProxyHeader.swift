package import NIOCore

/// What a proxy in front says about a connection before the client's first byte.
///
/// Source: the PROXY protocol, versions 1 and 2 (HAProxy, `doc/proxy-protocol.txt`).
package struct ProxyHeader: Equatable, Sendable {
    /// Whom a connection is from.
    package struct Client: Equatable, Sendable {
        /// Its IP address; empty if it came over a unix socket.
        package var address: String
        /// Whether it reached the proxy over TLS.
        package var isSecure = false
    }

    /// A connection does not begin with a header, or with one that breaks the rules.
    package struct Malformed: Error, Equatable {}

    /// The client; `nil` if the proxy speaks for itself, as in health checks, or does not know it.
    package var client: Client?

    /// Longest header in bytes. Version 2 would allow 64 KiB; what is longer than this is refused.
    package static let maxSize = 16 << 10

    /// Takes a header off the front of what was received.
    /// - Parameter buffer: bytes in order of arrival; left alone until the header is complete.
    /// - Returns: the header, or `nil` when more bytes are needed.
    /// - Throws: ``Malformed`` as soon as no further byte can make it right.
    package static func read(from buffer: inout ByteBuffer) throws(Malformed) -> ProxyHeader? {
        let start = buffer.readableBytesView.prefix(signature.count)
        if signature.starts(with: start) {
            return start.count == signature.count ? try readBinary(from: &buffer) : nil
        }
        guard start.starts(with: greeting) || greeting.starts(with: start) else { throw Malformed() }
        return try readText(from: &buffer)
    }
}

// MARK: - Version 1

extension ProxyHeader {
    private static let greeting = Array("PROXY ".utf8)
    /// With both line ends.
    private static let longestText = 107

    private static func readText(from buffer: inout ByteBuffer) throws(Malformed) -> ProxyHeader? {
        let view = buffer.readableBytesView.prefix(longestText)
        guard let end = view.firstIndex(of: UInt8(ascii: "\r")), end + 1 < view.endIndex else {
            guard view.count < longestText else { throw Malformed() }
            return nil
        }
        guard view[end + 1] == UInt8(ascii: "\n") else { throw Malformed() }
        let words = view[..<end].split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        buffer.moveReaderIndex(to: end + 2)
        guard words.count > 1 else { throw Malformed() }
        // What follows an unknown protocol says nothing.
        if words[1] == "UNKNOWN" { return ProxyHeader() }
        guard words.count == 6, let source = IPAddress(words[2]), IPAddress(words[3]) != nil,
            words[2...3].allSatisfy({ words[1] == ($0.contains(":") ? "TCP6" : "TCP4") }),
            words[4...].allSatisfy(isPort)
        else { throw Malformed() }
        return ProxyHeader(client: Client(address: "\(source)"))
    }

    private static func isPort(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } && UInt16(text) != nil
    }
}

// MARK: - Version 2

extension ProxyHeader {
    private static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]

    private static func readBinary(from buffer: inout ByteBuffer) throws(Malformed) -> ProxyHeader? {
        var rest = buffer
        rest.moveReaderIndex(forwardBy: signature.count)
        guard let command: UInt8 = rest.readInteger() else { return nil }
        guard command == 0x20 || command == 0x21 else { throw Malformed() }
        guard let family: UInt8 = rest.readInteger(), let length: UInt16 = rest.readInteger() else { return nil }
        guard signature.count + 4 + Int(length) <= maxSize else { throw Malformed() }
        guard var block = rest.readSlice(length: Int(length)) else { return nil }
        buffer = rest
        // A connection of the proxy's own has no client, whatever else is said.
        guard command == 0x21 else { return ProxyHeader() }
        guard var client = try client(family, &block) else { return ProxyHeader() }
        client.isSecure = try isSecure(&block)
        return ProxyHeader(client: client)
    }

    /// Reads both addresses off the front of a block.
    private static func client(_ family: UInt8, _ block: inout ByteBuffer) throws(Malformed) -> Client? {
        let source: String
        let size: Int
        switch family {
        case 0x00: return nil
        case 0x11, 0x12:
            size = 12
            source = block.getInteger(at: block.readerIndex, as: UInt32.self).map { "\(IPAddress(ipv4: $0))" } ?? ""
        case 0x21, 0x22:
            size = 36
            let high = block.getInteger(at: block.readerIndex, as: UInt64.self) ?? 0
            let low = block.getInteger(at: block.readerIndex + 8, as: UInt64.self) ?? 0
            source = "\(IPAddress(high: high, low: low))"
        case 0x31, 0x32:
            size = 216
            source = ""
        default: throw Malformed()
        }
        guard block.readSlice(length: size) != nil else { throw Malformed() }
        return Client(address: source)
    }

    /// Whether the extension `PP2_TYPE_SSL` is among those behind the addresses and says that the client used TLS.
    private static func isSecure(_ block: inout ByteBuffer) throws(Malformed) -> Bool {
        var isSecure = false
        while let type: UInt8 = block.readInteger() {
            guard let length: UInt16 = block.readInteger(), var value = block.readSlice(length: Int(length)) else {
                throw Malformed()
            }
            guard type == 0x20 else { continue }
            guard let flags: UInt8 = value.readInteger(), value.readableBytes >= 4 else { throw Malformed() }
            isSecure = flags & 0x01 != 0
        }
        return isSecure
    }
}
