import NIOCore

/// A timer of a socket, made by ``Socket/schedule(after:_:)``. Confined to the socket's event loop.
public final class Cancellable {
    var scheduled: Scheduled<Void>?
    weak var socket: Socket?

    init(socket: Socket) {
        self.socket = socket
    }

    /// Stops the timer; does nothing if it has fired or was cancelled.
    public func cancel() {
        socket?.timers[ObjectIdentifier(self)] = nil
        stop()
    }

    func stop() {
        scheduled?.cancel()
        scheduled = nil
    }
}
