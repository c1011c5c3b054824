public import Testing

/// One item of the list that every store passes.
///
/// ```swift
/// @Test(arguments: StoreCheck.all) func conforms(check: StoreCheck) async throws {
///     try await check.run(SharedDatabase(one: store, two: other) { … })
/// }
/// ```
public struct StoreCheck: Sendable, CustomTestStringConvertible {
    /// What is claimed, with the item number of the specification (applications, E.11) where it has one.
    public let testDescription: String
    /// Tries it on a database that nothing has happened to.
    public let run: @Sendable (SharedDatabase) async throws -> Void

    init(_ description: String, _ run: @escaping @Sendable (SharedDatabase) async throws -> Void) {
        testDescription = description
        self.run = run
    }

    /// The whole list.
    public static let all = accounts + appending + clientIDs + reading + crowds
}
