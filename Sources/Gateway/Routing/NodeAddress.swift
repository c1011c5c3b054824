/// Where one listener of a node is reached.
public struct Endpoint: Sendable, Hashable, CustomStringConvertible {
    /// Name of the listener, such as `meet`.
    public let listener: String
    /// Host name or IP address, without brackets.
    public let host: String
    /// Port, 1–65535.
    public let port: Int

    /// An endpoint from its parts.
    /// - Parameters:
    ///   - listener: name of the listener.
    ///   - host: host name or IP address, without brackets.
    ///   - port: port number.
    public init(listener: String, host: String, port: Int) {
        self.listener = listener
        self.host = host
        self.port = port
    }

    /// `listener=host:port`.
    public var description: String { "\(listener)=\(host.contains(":") ? "[\(host)]" : host):\(port)" }
}

/// Where a node is reached: its named listeners. Two nodes with the same address are the same node.
public struct NodeAddress: Sendable, Hashable, CustomStringConvertible {
    /// The listeners in their order; the first one is probed.
    public let endpoints: [Endpoint]

    /// An address from its endpoints.
    /// - Parameter endpoints: at least one, with different listener names; otherwise the result is `nil`.
    public init?(_ endpoints: [Endpoint]) {
        guard !endpoints.isEmpty, Set(endpoints.map(\.listener)).count == endpoints.count else { return nil }
        self.endpoints = endpoints
    }

    /// The endpoint of a listener.
    /// - Parameter listener: the listener's name.
    /// - Returns: where it is, or `nil` if the node does not have it.
    public func endpoint(of listener: String) -> Endpoint? {
        endpoints.first { $0.listener == listener }
    }

    /// The endpoints, separated by commas.
    public var description: String { endpoints.map(\.description).joined(separator: ",") }
}

/// Names a node within one gateway process; never used again for another one.
public struct NodeID: Sendable, Hashable {
    let number: Int
}
