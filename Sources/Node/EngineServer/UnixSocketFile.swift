import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The file by which a unix socket is found. Closing the socket leaves it behind.
struct UnixSocketFile: Sendable, Equatable {
    let path: String
    private let device: UInt64
    private let inode: UInt64

    /// The file that is at a path now; `nil` if there is no socket.
    init?(at path: String) {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return nil }
        self.path = path
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }

    /// Removes the file, unless another one has taken its place.
    func remove() {
        if Self(at: path) == self { unlink(path) }
    }

    /// Removes the file that a dead process left at a path: a socket on which nobody answers.
    /// - Parameters:
    ///   - path: the path.
    ///   - loop: where to try.
    /// - Returns: done; never fails.
    static func removeStale(at path: String, on loop: any EventLoop) -> EventLoopFuture<Void> {
        guard let file = UnixSocketFile(at: path) else { return loop.makeSucceededVoidFuture() }
        return ClientBootstrap(group: loop).connectTimeout(.seconds(1)).connect(unixDomainSocketPath: path)
            .flatMap { channel in channel.close() }
            .flatMapErrorThrowing { error in
                // Only this says that nobody listens; a process that is busy does not lose its socket.
                if (error as? IOError)?.errnoCode == ECONNREFUSED { file.remove() }
            }
    }
}
