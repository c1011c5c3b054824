import Adapter
import Cluster

extension Server {
    /// What the recovery store tells.
    var recoveryEvents: RecoveryEvents {
        RecoveryEvents(
            expired: { [weak self] in self?.namespaces.existing($0.namespace)?.expired($0) },
            claimed: { [weak self] in self?.namespaces.existing($1)?.claimed($0) },
            released: { [weak self] in self?.namespaces.existing($1)?.released($0) },
            refresh: { [weak self] in
                for namespace in self?.namespaces.all ?? [] { namespace.refreshRecovery() }
            })
    }
}
