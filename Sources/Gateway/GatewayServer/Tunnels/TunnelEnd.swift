import Glibc

/// One of the two sockets of a tunnel.
struct TunnelEnd {
    /// Its descriptor; negative at a place that nobody uses.
    private(set) var socket: Int32 = -1
    /// There may be something to read.
    private(set) var isReadable = false
    /// Its end is behind what there is to read.
    private var isEnding = false
    /// Nothing more will be read.
    private(set) var hasEnded = false
    /// Nothing more will be written.
    private(set) var isShut = false
    /// What it does not take yet. Nothing is read from the other end while there is some, so this is one read at most.
    private var waiting: [UInt8] = []

    /// A place that nobody uses.
    init() {}

    /// An end that owns a socket.
    /// - Parameter socket: a descriptor that does not block.
    init(socket: Int32) {
        self.socket = socket
    }

    var isOpen: Bool { socket >= 0 }

    /// Whether something is still to be written.
    var hasWaiting: Bool { !waiting.isEmpty }

    /// Whether the other end may be read for it.
    var takesBytes: Bool { waiting.isEmpty && !isShut }

    /// Whether neither side of it is used any more.
    var isOver: Bool { hasEnded && isShut }
}

// MARK: Reading

extension TunnelEnd {
    /// What came of a read.
    enum Reading {
        /// So many bytes.
        case bytes(Int)
        /// The other side sends no more.
        case ended
        /// The connection is gone.
        case broken
        /// There was nothing.
        case nothing
    }

    /// There is something to read.
    /// - Parameter isEnding: whether the end is behind it.
    mutating func becameReadable(isEnding: Bool) {
        isReadable = true
        if isEnding { self.isEnding = true }
    }

    /// Reads once. A read that does not fill the memory has taken all there was: what comes later is another event, except
    /// for an end of which one has told already.
    mutating func read(into memory: UnsafeMutableRawBufferPointer) -> Reading {
        let count = recv(socket, memory.baseAddress, memory.count, 0)
        if count == memory.count { return .bytes(count) }
        if count > 0 {
            isReadable = isEnding
            return .bytes(count)
        }
        isReadable = false
        if count == 0 { return .ended }
        return errno == EAGAIN ? .nothing : .broken
    }

    /// Nothing more comes from it.
    mutating func ended() {
        hasEnded = true
    }
}

// MARK: Writing

extension TunnelEnd {
    /// Writes bytes, and keeps what the socket does not take.
    /// - Returns: `false` if the connection is gone.
    mutating func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard !isShut else { return true }
        guard waiting.isEmpty else {
            waiting.append(contentsOf: bytes)
            return true
        }
        guard let count = send(bytes) else { return false }
        if count < bytes.count { waiting.append(contentsOf: bytes[count...]) }
        return true
    }

    /// The socket takes bytes again.
    /// - Returns: `false` if the connection is gone.
    mutating func writeWaiting() -> Bool {
        guard let count = waiting.withUnsafeBytes({ send($0) }) else { return false }
        if count == waiting.count { waiting = [] } else { waiting.removeFirst(count) }
        return true
    }

    /// Tells the other side that no more is written.
    mutating func shut() {
        guard !isShut else { return }
        isShut = true
        shutdown(socket, Int32(SHUT_WR))
    }

    /// The connection is gone: nothing is read or written any more.
    mutating func broke() {
        hasEnded = true
        isShut = true
        waiting = []
    }

    /// Lets go of the socket.
    mutating func release() {
        if socket >= 0 { close(socket) }
        self = TunnelEnd()
    }

    /// - Returns: how many bytes the socket took; `nil` if the connection is gone.
    private func send(_ bytes: UnsafeRawBufferPointer) -> Int? {
        let count = Glibc.send(socket, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        if count >= 0 { return count }
        return errno == EAGAIN ? 0 : nil
    }
}
