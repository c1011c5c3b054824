public import EngineIO
import HTTPCodec

/// What an ``HTTPServer`` serves under one path.
public struct Mount: Sendable {
    enum Content: Sendable {
        case engine(Engine)
        /// Somewhere else, so that the other case is a reference that every request may copy.
        indirect case webSocketEcho(maxMessageSize: Int, PerMessageDeflate?)
    }

    /// The path with its final slash.
    let path: [UInt8]
    let content: Content
    /// Longest body of a request, in bytes.
    let bodyLimit: Int

    private init(path: String, content: Content) {
        self.path = Array((path.hasSuffix("/") ? path : path + "/").utf8)
        self.content = content
        bodyLimit = if case .engine(let engine) = content { engine.configuration.maxPayload } else { 0 }
    }

    /// Serves an engine.
    /// - Parameters:
    ///   - path: the path, for example `/socket.io/`; requests may leave out the final slash.
    ///   - engine: the engine.
    /// - Returns: the mount.
    public static func engine(path: String, _ engine: Engine) -> Mount {
        Mount(path: path, content: .engine(engine))
    }

    /// Serves a plain WebSocket endpoint that sends every message back as it came, on the same frame codec as the
    /// engines: for conformance tests of the codec.
    /// - Parameters:
    ///   - path: the path, for example `/ws-echo`.
    ///   - maxMessageSize: longest message in bytes. Default: 16 MiB.
    ///   - perMessageDeflate: compression of messages. Default: none.
    /// - Returns: the mount.
    public static func webSocketEcho(
        path: String, maxMessageSize: Int = 16 << 20, perMessageDeflate: PerMessageDeflate? = nil
    ) -> Mount {
        Mount(path: path, content: .webSocketEcho(maxMessageSize: maxMessageSize, perMessageDeflate))
    }
}
