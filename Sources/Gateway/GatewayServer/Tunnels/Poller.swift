import CEpoll
import Glibc
import NIOCore

/// The door to epoll: says which sockets have become readable or writable. Each change is told once (edge-triggered), so
/// that nothing has to be asked for again after a message.
final class Poller: Sendable {
    /// What happened to a socket.
    struct Event {
        /// What the socket was added with.
        let place: Int
        /// There is something to read: bytes, the end, or an error.
        let isReadable: Bool
        /// Behind the bytes that there are to read is the end, or an error: no other event will tell of it.
        let isEnding: Bool
        /// It takes bytes again, or would tell an error.
        let isWritable: Bool
    }

    /// The place of events that only wake.
    static let wakes = -1

    private let descriptor: Int32
    private let wakeup: Int32

    /// - Throws: `IOError` if the process has no descriptors or memory left.
    init() throws {
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        wakeup = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard descriptor >= 0, wakeup >= 0, add(wakeup, at: Self.wakes) else {
            throw IOError(errnoCode: errno, reason: "epoll")
        }
    }

    deinit {
        if wakeup >= 0 { close(wakeup) }
        if descriptor >= 0 { close(descriptor) }
    }

    /// Watches a socket until it is closed. What it is ready for already is told, too.
    /// - Returns: `false` if the kernel has no memory for it.
    func add(_ socket: Int32, at place: Int) -> Bool {
        let kinds = EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue
        var event = epoll_event(events: kinds, data: epoll_data_t(u64: UInt64(bitPattern: Int64(place))))
        return epoll_ctl(descriptor, EPOLL_CTL_ADD, socket, &event) == 0
    }

    /// Ends a wait; any thread may call it. The number written is of no meaning, and never read: each write is a change.
    func wake() {
        _ = eventfd_write(wakeup, 1)
    }

    /// Waits for events.
    /// - Parameters:
    ///   - milliseconds: how long at most; for ever if `nil`.
    ///   - memory: room for events, of which the kernel fills as many as there are.
    ///   - body: is called with each event.
    func wait(
        milliseconds: Int32?, in memory: UnsafeMutableBufferPointer<epoll_event>, _ body: (Event) -> Void
    ) {
        let count = epoll_wait(descriptor, memory.baseAddress, Int32(clamping: memory.count), milliseconds ?? -1)
        guard count > 0 else { return }
        for event in memory[..<Int(count)] {
            let gone = EPOLLHUP.rawValue | EPOLLERR.rawValue
            let ending = EPOLLRDHUP.rawValue | gone
            body(
                Event(
                    place: Int(Int64(bitPattern: event.data.u64)),
                    isReadable: event.events & (EPOLLIN.rawValue | ending) != 0,
                    isEnding: event.events & ending != 0,
                    isWritable: event.events & (EPOLLOUT.rawValue | gone) != 0))
        }
    }
}
