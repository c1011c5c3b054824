import Glibc

/// Tells the service manager about the process: systemd's protocol of `sd_notify(3)`, one datagram to the socket that
/// `NOTIFY_SOCKET` names. Without that variable nobody asked, and nothing is sent.
public enum ServiceManager {
    /// What there is to tell.
    public enum State: String, Sendable {
        /// The process serves: units of `Type=notify` are started with it.
        case ready = "READY=1"
        /// The process goes down.
        case stopping = "STOPPING=1"
    }

    /// Tells a state. Never waits: a service manager that does not listen is not told.
    /// - Parameter state: the state.
    public static func tell(_ state: State) {
        guard let path = getenv("NOTIFY_SOCKET").map({ String(cString: $0) }) else { return }
        send(state.rawValue, to: path)
    }

    /// One datagram; `@` stands for the zero byte that names of abstract sockets begin with.
    static func send(_ text: String, to path: String) {
        var name = Array(path.utf8)
        if name.first == UInt8(ascii: "@") { name[0] = 0 }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard !name.isEmpty, name.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let kind = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_UNIX, kind, 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        // The length tells an abstract name's end; that of a path is its zero byte.
        let isPath = name.first != 0
        let length = MemoryLayout.offset(of: \sockaddr_un.sun_path).map { $0 + name.count + (isPath ? 1 : 0) } ?? 0
        let flags = Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { place in
                sendto(descriptor, text, text.utf8.count, flags, place, socklen_t(length))
            }
        }
    }
}
