/// Why a store cannot be used as it is configured.
public struct StoreSetupError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One line for whoever starts the node, without passwords.
    public let description: String

    /// Describes a problem.
    /// - Parameter description: one line.
    public init(_ description: String) {
        self.description = description
    }
}
