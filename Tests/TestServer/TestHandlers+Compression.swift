import SocketServer

extension TestHandlers {
    /// Echoes as the event `b`, compressed as the server is set up, or not at all.
    func registerCompression(on namespace: Namespace) {
        namespace.on("compressed") { $0.socket.emit("b", arguments: $0.arguments) }
        namespace.on("uncompressed") { $0.socket.compress(false).emit("b", arguments: $0.arguments) }
    }
}
