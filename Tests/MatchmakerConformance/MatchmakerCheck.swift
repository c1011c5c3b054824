public import Testing

/// One item of the lists that every matchmaker passes.
///
/// ```swift
/// @Test(arguments: MatchmakerCheck.all) func conforms(check: MatchmakerCheck) async throws {
///     try await check.run(MatchCluster([MatchNode(tag: "node0-", matchmaker: matchmaker)]))
/// }
/// ```
public struct MatchmakerCheck: Sendable, CustomTestStringConvertible {
    /// What is claimed, with the item number of the specification (applications, E.4).
    public let testDescription: String
    /// Tries it on a cluster that nothing has happened to.
    public let run: @Sendable (MatchCluster) async throws -> Void

    init(_ description: String, _ run: @escaping @Sendable (MatchCluster) async throws -> Void) {
        testDescription = description
        self.run = run
    }

    /// The list for the default policy.
    public static let all = finding + leaving + crowds
    /// The list for a policy with a ``MatchPolicy/reconnectGrace`` that is longer than the checks take.
    public static let withGrace = absences
}
