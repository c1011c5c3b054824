import Cluster

/// Names of what the recovery store keeps in Redis (see ``RecoveryScripts``).
struct RecoveryKeys {
    private let keys: KeySpace

    init(_ keys: KeySpace) {
        self.keys = keys
    }

    var owners: String { keys.key("recovery:owners") }
    var sessions: String { keys.key("recovery:sessions") }
    var lost: String { keys.key("recovery:lost") }

    /// The connected sessions of one node.
    func node(_ tag: NodeTag) -> String { keys.key("recovery:node:\(tag)") }

    /// The events of a namespace.
    func journal(_ namespace: String) -> String { keys.key("recovery:journal:\(namespace)") }

    /// What happened to the journal of a namespace.
    func history(_ namespace: String) -> String { keys.key("recovery:history:\(namespace)") }

    /// What the channels of nodes begin with; their tags follow.
    var channel: String { keys.channel("recovery-") }
}
