/// Keeps a child namespace in its ``NamespaceTable``, for as long as the lease itself lives: nobody can forget to give
/// it back.
final class ChildLease: Sendable {
    private let namespace: Namespace
    private let table: NamespaceTable

    init(_ namespace: Namespace, in table: NamespaceTable) {
        self.namespace = namespace
        self.table = table
    }

    deinit { table.release(namespace) }
}
