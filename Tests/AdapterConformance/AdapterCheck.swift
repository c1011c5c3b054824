/// One of the things that every adapter must do. A test target runs the whole list against its own nodes:
///
/// ```swift
/// @Test("an adapter over Redis", arguments: AdapterCheck.all)
/// func conforms(_ check: AdapterCheck) async throws {
///     try await withNodes(check.nodes) { try await check.run($0) }
/// }
/// ```
public struct AdapterCheck: Sendable, CustomStringConvertible {
    /// What is checked, as a sentence.
    public let description: String
    /// How many nodes it needs.
    public let nodes: Int
    /// Whether it wants order among several channels, which only one server that carries them all can keep.
    public let ordersChannels: Bool
    /// Runs the check; records issues with Swift Testing.
    public let run: @Sendable ([ConformanceNode]) async throws -> Void

    init(
        _ description: String, nodes: Int = 3, ordersChannels: Bool = false,
        run: @escaping @Sendable ([ConformanceNode]) async throws -> Void
    ) {
        self.description = description
        self.nodes = nodes
        self.ordersChannels = ordersChannels
        self.run = run
    }

    /// The list.
    public static let all: [AdapterCheck] = broadcasts + requests + acknowledgements + hostility
}
