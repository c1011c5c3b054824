public import Adapter
import Cluster
public import Logging
public import NIOCore

extension Server {
    /// Creates a server without namespaces that is alone, under a name of its own choice.
    ///
    /// ```swift
    /// let io = Server(group: MultiThreadedEventLoopGroup.singleton)
    /// ```
    /// - Parameters:
    ///   - configuration: limits and times.
    ///   - group: the event loops that sessions live on; of more than 64 the first 64 do.
    ///   - adapters: makes what connects each namespace with other nodes. Default: nothing, the node is alone.
    ///   - logger: receives what handlers threw, and protocol errors of clients (debug). Default: one named `socket.io`.
    public convenience init(
        configuration: ServerConfiguration = ServerConfiguration(), group: any EventLoopGroup,
        adapters: any AdapterFactory = SingleNodeAdapterFactory(), logger: Logger = Logger(label: "socket.io")
    ) {
        var random = SystemRandomNumberGenerator()
        self.init(
            configuration: configuration, nodeTag: NodeTag(using: &random),
            loops: Array(group.makeIterator().prefix(64)), adapters: adapters, logger: logger)
    }
}
