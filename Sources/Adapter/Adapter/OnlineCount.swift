/// The number of connected sockets of one application over all live nodes (applications, A.8).
public protocol OnlineCount: Sendable {
    /// The total as known now, local changes included. Never negative.
    var current: Int { get }
    /// Adds to this node's share. Never suspends.
    /// - Parameter change: +1 for a connect, -1 for a disconnect.
    func add(_ change: Int)
    /// Begins to report. Called once.
    /// - Parameter changed: called on any thread after the total changed, with the total; bursts may be merged, the
    ///   final value is always reported.
    func start(_ changed: @escaping @Sendable (Int) -> Void)
}
