/// Why a process could not start: one line for the operator and the exit code (`sysexits.h`).
public struct LaunchError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The exit code: 64 usage, 69 unavailable, 78 configuration.
    public let exitCode: Int32
    /// One line that says what is wrong and where it was said.
    public let description: String

    /// A value given on the command line is wrong: exit code 64.
    /// - Parameter message: one line for the operator.
    /// - Returns: the error.
    public static func usage(_ message: String) -> LaunchError { LaunchError(exitCode: 64, description: message) }

    /// A value given by the environment or the configuration file is wrong, or values contradict: exit code 78.
    /// - Parameter message: one line for the operator.
    /// - Returns: the error.
    public static func configuration(_ message: String) -> LaunchError {
        LaunchError(exitCode: 78, description: message)
    }

    /// Something the process needs at start is not there, such as a free port: exit code 69.
    /// - Parameter message: one line for the operator.
    /// - Returns: the error.
    public static func unavailable(_ message: String) -> LaunchError {
        LaunchError(exitCode: 69, description: message)
    }
}
