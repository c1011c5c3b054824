import Launch
import NIOCore
import SocketIO

/// What a node tells the cluster about itself with every heartbeat, so that gateways can find it:
/// `{"name":"a","listeners":{"meet":"10.0.0.5:3001"},"sessions":12,"draining":false}`.
struct NodeInformation {
    var name: String
    var listeners: [ListenAddress]
    /// The host under which gateways reach the node, if it is not that of the listener.
    var advertise: String?

    func text(sessions: Int, draining: Bool) -> String {
        var addresses = Value.Object()
        for listener in listeners {
            // A unix socket is reached from this machine only.
            guard let tcp = listener.tcp else { continue }
            let reached = ListenAddress(host: advertise ?? tcp.host, port: tcp.port)
            addresses[listener.name ?? ""] = .string("\(reached)")
        }
        let value: Value = [
            "name": .string(name), "listeners": .object(addresses), "sessions": .int(Int64(sessions)),
            "draining": .bool(draining),
        ]
        var buffer = ByteBuffer()
        value.writeJSON(to: &buffer)
        return String(buffer: buffer)
    }
}
