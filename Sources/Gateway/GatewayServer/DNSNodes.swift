import Glibc
import NIOPosix
public import Routing

/// Every address of a host name is a node, as a headless service of Kubernetes or a Compose service gives them.
public struct DNSNodes: NodeSource {
    /// The host name.
    public let name: String
    /// The listeners of each node: name and port, in order; the first one is probed.
    public let listeners: [(name: String, port: Int)]
    /// Time between two look-ups. Default 5 seconds.
    public var interval = Duration.seconds(5)

    /// A source from its URL.
    /// - Parameter url: `dns://NAME?LISTENER=PORT&…`, for example `dns://nodes.local?meet=3001&support=3000`. Anything
    ///   else gives `nil`.
    public init?(_ url: String) {
        guard url.hasPrefix("dns://") else { return nil }
        let parts = url.dropFirst("dns://".count).split(separator: "?", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[0].contains(where: { "/:@ ".contains($0) }) else {
            return nil
        }
        var listeners: [(name: String, port: Int)] = []
        for item in parts[1].split(separator: "&", omittingEmptySubsequences: false) {
            let pair = item.split(separator: "=", omittingEmptySubsequences: false)
            guard pair.count == 2, !pair[0].isEmpty, let port = Int(pair[1]), (1...65_535).contains(port),
                !listeners.contains(where: { $0.name == pair[0] })
            else { return nil }
            listeners.append((String(pair[0]), port))
        }
        name = String(parts[0])
        self.listeners = listeners
    }

    /// Looks the name up until the task is cancelled.
    /// - Parameter named: is called with the nodes whenever the name could be resolved.
    /// - Throws: `CancellationError` when the task is cancelled.
    public func run(_ named: @escaping @Sendable ([NodeAddress]) -> Void) async throws {
        while true {
            let name = name
            let hosts = try await NIOThreadPool.singleton.runIfActive { Self.addresses(of: name) }
            if !hosts.isEmpty { named(nodes(at: hosts)) }
            try await Task.sleep(for: interval)
        }
    }

    func nodes(at hosts: [String]) -> [NodeAddress] {
        hosts.compactMap { host in
            NodeAddress(listeners.map { Endpoint(listener: $0.name, host: host, port: $0.port) })
        }
    }

    /// Blocks; an empty answer means that the name could not be resolved now.
    static func addresses(of name: String) -> [String] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(name, nil, &hints, &first) == 0 else { return [] }
        defer { freeaddrinfo(first) }
        var hosts: Set<String> = []
        var current = first
        while let info = current?.pointee {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let status = getnameinfo(
                info.ai_addr, info.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
            if status == 0 {
                hosts.insert(String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
            }
            current = info.ai_next
        }
        return hosts.sorted()
    }
}
