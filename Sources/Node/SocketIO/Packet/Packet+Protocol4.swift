import EngineIO

extension Packet {
    /// Reads a packet of a client that speaks protocol 4, by which the namespace may be followed by a query string: that
    /// of CONNECT becomes its payload, as in the reference server.
    ///
    /// Otherwise the packets of a client look the same in protocol 4 and 5. Source: Socket.IO protocol v4.
    package mutating func readProtocol4() {
        let query = QueryString(target: namespace)
        if let mark = namespace.utf8.firstIndex(of: UInt8(ascii: "?")) { namespace = String(namespace[..<mark]) }
        guard case .connect = content else { return }
        content = .connect(
            payload: .object(query.items.reduce(into: Value.Object()) { $0[$1.name] = .string($1.value) }))
    }
}
