/// Names one registration at a socket, to remove it again. Of no use at other sockets.
public struct ListenerToken: Sendable, Hashable {
    let number: UInt32
}
